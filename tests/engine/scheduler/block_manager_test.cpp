// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/scheduler/block_manager_test.h"

#include <QtTest>
#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <vector>

#include "engine/scheduler/block_manager.h"

using engine::BlockHash;
using engine::BlockManager;
using Tokens = std::vector<int32_t>;
using Table = std::vector<int32_t>;

namespace {

BlockHash always_the_same(const BlockHash&, std::span<const int32_t>) { return {1, 1}; }
BlockHash one_of_four(const BlockHash& parent, std::span<const int32_t> tokens) {
  return {(parent.low * 31 + static_cast<uint64_t>(tokens[0])) % 4, 0};
}

// Computes a whole sequence at once: hits, new blocks, publication. Needs enough free blocks.
Table compute(BlockManager* blocks, const Tokens& tokens) {
  Table table = blocks->match_prefix(tokens);
  for (const int32_t block : table) blocks->take(block);
  const size_t hits = table.size();
  const auto size = static_cast<size_t>(blocks->block_size());
  while (static_cast<int>(table.size()) < blocks->blocks_for(static_cast<int>(tokens.size())))
    table.push_back(blocks->allocate());
  for (size_t i = hits; (i + 1) * size <= tokens.size(); ++i)
    table[i] =
        blocks->publish(table[i], i ? table[i - 1] : -1, std::span(tokens).subspan(i * size, size));
  return table;
}

void check(const BlockManager& blocks, const std::vector<Table>& tables) {
  std::vector<const Table*> pointers;
  for (const Table& table : tables) pointers.push_back(&table);
  blocks.check_integrity(pointers);
}

Tokens first(const Tokens& tokens, size_t count) {
  return {tokens.begin(), tokens.begin() + count};
}

}  // namespace

void BlockManagerTest::finds_whole_blocks_only() {
  BlockManager blocks(8, 4, true);
  const Tokens tokens{1, 2, 3, 4, 5, 6, 7, 8, 9};
  Table table = compute(&blocks, tokens);
  QCOMPARE(table.size(), size_t(3));
  QCOMPARE(blocks.num_used_blocks(), 3);
  QCOMPARE(blocks.match_prefix(tokens), first(table, 2));
  QCOMPARE(blocks.match_prefix(first(tokens, 7)), first(table, 1));
  QVERIFY(blocks.match_prefix(first(tokens, 3)).empty());
  QVERIFY(blocks.match_prefix(Tokens{2, 2, 3, 4}).empty());
  // The second block alone is no prefix.
  QVERIFY(blocks.match_prefix(Tokens{5, 6, 7, 8}).empty());
  const Table found = first(table, 2);
  blocks.release(&table);
  QVERIFY(table.empty());
  QCOMPARE(blocks.num_free_blocks(), 8);
  QCOMPARE(blocks.num_cached_blocks(), 2);
  QCOMPARE(blocks.match_prefix(tokens), found);
  check(blocks, {});
}

void BlockManagerTest::reuses_plain_blocks_before_cached_and_old_before_new() {
  BlockManager blocks(4, 2, true);
  const Tokens old{1, 2, 3, 4}, recent{5, 6};
  Table old_table = compute(&blocks, old), recent_table = compute(&blocks, recent);
  const Table old_blocks = old_table, recent_blocks = recent_table;
  blocks.release(&old_table);
  blocks.release(&recent_table);
  QCOMPARE(blocks.num_cached_blocks(), 3);
  const int32_t plain = blocks.allocate();  // the one that never held anything
  QVERIFY(std::ranges::find(old_blocks, plain) == old_blocks.end());
  QCOMPARE(blocks.num_cached_blocks(), 3);
  QCOMPARE(blocks.allocate(), old_blocks[1]);  // the end of the older sequence goes first
  QCOMPARE(blocks.match_prefix(old), first(old_blocks, 1));
  // A hit makes its block the newest again.
  blocks.take(old_blocks[0]);
  Table again{old_blocks[0]};
  blocks.release(&again);
  QCOMPARE(blocks.allocate(), recent_blocks[0]);
  QCOMPARE(blocks.match_prefix(old), first(old_blocks, 1));
  check(blocks, {Table{plain}, Table{old_blocks[1]}, Table{recent_blocks[0]}});
}

void BlockManagerTest::same_prefix_is_kept_once() {
  BlockManager blocks(8, 2, true);
  const Tokens tokens{1, 2, 3, 4};
  // Two sequences compute the same tokens at the same time: neither finds the other.
  Table a{blocks.allocate(), blocks.allocate()}, b{blocks.allocate(), blocks.allocate()};
  a[0] = blocks.publish(a[0], -1, Tokens{1, 2});
  b[0] = blocks.publish(b[0], -1, Tokens{1, 2});
  a[1] = blocks.publish(a[1], a[0], Tokens{3, 4});
  b[1] = blocks.publish(b[1], b[0], Tokens{3, 4});
  QCOMPARE(a, b);
  QCOMPARE(blocks.num_used_blocks(), 2);
  check(blocks, {a, b});
  blocks.release(&a);
  QCOMPARE(blocks.match_prefix(tokens), b);
  check(blocks, {b});
}

void BlockManagerTest::without_caching_nothing_is_found() {
  BlockManager blocks(4, 2, false);
  const Tokens tokens{1, 2, 3, 4};
  Table table = compute(&blocks, tokens);
  QVERIFY(blocks.match_prefix(tokens).empty());
  blocks.release(&table);
  QCOMPARE(blocks.num_cached_blocks(), 0);
  check(blocks, {});
}

void BlockManagerTest::hash_depends_on_parent_and_tokens() {
  const BlockHash root;
  const BlockHash a = engine::xxh3_block_hash(root, Tokens{1, 2});
  QVERIFY(a == engine::xxh3_block_hash(root, Tokens{1, 2}));
  QVERIFY(!(a == engine::xxh3_block_hash(root, Tokens{2, 1})));
  QVERIFY(!(a == engine::xxh3_block_hash(a, Tokens{1, 2})));
  QVERIFY(!(a == root));
}

void BlockManagerTest::random_operations_match_an_oracle_data() {
  QTest::addColumn<int>("hash");
  QTest::newRow("xxh3") << 0;
  QTest::newRow("four hashes in all") << 1;
  QTest::newRow("one hash in all") << 2;
}

// The oracle knows what each block was computed for and never hashes anything.
void BlockManagerTest::random_operations_match_an_oracle() {
  QFETCH(int, hash);
  const engine::BlockHashFunction functions[] = {engine::xxh3_block_hash, one_of_four,
                                                 always_the_same};
  constexpr int kBlocks = 24, kBlockSize = 4;
  BlockManager blocks(kBlocks, kBlockSize, true, functions[hash]);
  std::vector<Tokens> computed_for(kBlocks);  // the whole prefix up to the end of each block
  std::vector<Table> tables;
  std::mt19937 random(static_cast<unsigned>(hash) + 7);
  int hits = 0;
  for (int step = 0; step < 20000; ++step) {
    if (!tables.empty() && random() % 2) {
      const size_t victim = random() % tables.size();
      blocks.release(&tables[victim]);
      tables.erase(tables.begin() + static_cast<ptrdiff_t>(victim));
    } else {
      Tokens tokens(1 + random() % 25);
      for (int32_t& token : tokens) token = static_cast<int32_t>(random() % 2);
      const Table found = blocks.match_prefix(tokens);
      for (size_t i = 0; i < found.size(); ++i)
        QCOMPARE(computed_for[static_cast<size_t>(found[i])], first(tokens, (i + 1) * kBlockSize));
      hits += static_cast<int>(found.size());
      if (blocks.num_free_blocks() < blocks.blocks_for(static_cast<int>(tokens.size()))) continue;
      Table table = compute(&blocks, tokens);
      for (size_t i = 0; i < table.size(); ++i)
        computed_for[static_cast<size_t>(table[i])] =
            first(tokens, std::min((i + 1) * kBlockSize, tokens.size()));
      // Without collisions everything just computed is found again, whole.
      if (hash == 0)
        QCOMPARE(blocks.match_prefix(tokens), first(table, tokens.size() / kBlockSize));
      tables.push_back(std::move(table));
    }
    check(blocks, tables);
    int used = 0;
    std::vector<bool> held(kBlocks);
    for (const Table& table : tables)
      for (const int32_t block : table) held[static_cast<size_t>(block)] = true;
    for (const bool is_held : held) used += is_held;
    QCOMPARE(blocks.num_used_blocks(), used);
  }
  QVERIFY(hits > (hash == 2 ? 10 : 1000));
}
