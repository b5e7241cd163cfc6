// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <memory>

namespace engine {
class PromptEncoder;
}

// The engine over a fake runner and a real tokenizer: text, stop strings, ends.
class EngineTextTest : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase();
  void text_comes_in_whole_characters();
  void end_token_is_no_text();
  void stop_strings_data();
  void stop_strings();
  void broken_character_at_the_end();
  void abort_gives_what_was_withheld();
  void any_tokens_decode_as_one_piece();

 private:
  std::shared_ptr<const engine::PromptEncoder> encoder_;
};
