// SPDX-License-Identifier: Apache-2.0
#include "engine/runner/cuda/weight_upload.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>
#include <thread>

#include "engine/runner/cuda/resources.h"

namespace engine {
namespace {

constexpr int64_t kPieceBytes = 8 << 20;
constexpr int kMaxThreads = 8;

struct Piece {
  const UploadJob* job;
  int64_t first_row, num_rows;
};

std::vector<Piece> cut(const std::vector<UploadJob>& jobs) {
  std::vector<Piece> pieces;
  for (const UploadJob& job : jobs) {
    const auto width = static_cast<int64_t>(job.sources.size());
    const int64_t rows = std::max<int64_t>(kPieceBytes / job.row_bytes / width, 1) * width;
    for (int64_t row = 0; row < job.num_rows; row += rows)
      pieces.push_back({&job, row, std::min(rows, job.num_rows - row)});
  }
  return pieces;
}

// A piece begins and ends with a whole turn through the sources.
void gather(const Piece& piece, char* target) {
  const UploadJob& job = *piece.job;
  const auto width = static_cast<int64_t>(job.sources.size());
  for (const UploadRows& rows : job.sources) {
    rows.source->read_rows(rows.offset + piece.first_row / width * job.row_bytes,
                           {target, piece.num_rows / width, job.row_bytes, width * job.row_bytes});
    target += job.row_bytes;
  }
}

class Uploader {
 public:
  Uploader(std::vector<Piece> pieces, int64_t buffer_bytes)
      : pieces_(std::move(pieces)), buffer_bytes_(buffer_bytes) {
    check_cuda(cudaGetDevice(&device_), "asking for the current GPU");
  }

  void work() {
    try {
      check_cuda(cudaSetDevice(device_), "choosing a GPU");
      const CudaStream stream;
      PinnedBytes buffers[2];
      const CudaEvent arrived[2];
      for (PinnedBytes& buffer : buffers)
        buffer = pinned_bytes(buffer_bytes_, "taking page-locked memory for loading");
      for (int turn = 0; !stop_; turn = 1 - turn) {
        const size_t index = next_++;
        if (index >= pieces_.size()) break;
        const Piece& piece = pieces_[index];
        check_cuda(cudaEventSynchronize(arrived[turn].get()), "copying weights");
        gather(piece, buffers[turn].as<char>());
        const int64_t bytes = piece.num_rows * piece.job->row_bytes;
        check_cuda(cudaMemcpyAsync(static_cast<char*>(piece.job->target) +
                                       piece.first_row * piece.job->row_bytes,
                                   buffers[turn].data(), static_cast<size_t>(bytes),
                                   cudaMemcpyHostToDevice, stream.get()),
                   "copying weights");
        check_cuda(cudaEventRecord(arrived[turn].get(), stream.get()), "copying weights");
        done_bytes_ += bytes;
      }
      check_cuda(cudaStreamSynchronize(stream.get()), "copying weights");
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!problem_) problem_ = std::current_exception();
      stop_ = true;
    }
    --working_;
  }

  void run(int num_threads, int64_t total_bytes, const std::function<void(double)>& progress,
           const std::stop_token& stop) {
    working_ = num_threads;
    std::vector<std::jthread> threads;
    for (int i = 0; i < num_threads; ++i) threads.emplace_back([this] { work(); });
    while (working_ > 0) {
      if (stop.stop_requested()) stop_ = true;
      if (progress) progress(static_cast<double>(done_bytes_) / static_cast<double>(total_bytes));
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    threads.clear();
    if (problem_) std::rethrow_exception(problem_);
    if (stop.stop_requested()) throw Error(ErrorCode::Cancelled, "loading was cancelled");
  }

 private:
  const std::vector<Piece> pieces_;
  const int64_t buffer_bytes_;
  int device_ = 0;
  std::atomic<size_t> next_ = 0;
  std::atomic<int64_t> done_bytes_ = 0;
  std::atomic<int> working_ = 0;
  std::atomic<bool> stop_ = false;
  std::mutex mutex_;
  std::exception_ptr problem_;
};

}  // namespace

void upload(const std::vector<UploadJob>& jobs, const std::function<void(double)>& progress,
            const std::stop_token& stop) {
  const std::vector<Piece> pieces = cut(jobs);
  int64_t largest = 0, total = 0;
  for (const Piece& piece : pieces) {
    largest = std::max(largest, piece.num_rows * piece.job->row_bytes);
    total += piece.num_rows * piece.job->row_bytes;
  }
  const int threads =
      std::clamp(static_cast<int>(std::min<size_t>(std::thread::hardware_concurrency(), pieces.size())),
                 1, kMaxThreads);
  Uploader(pieces, largest).run(threads, std::max<int64_t>(total, 1), progress, stop);
}

}  // namespace engine
