// SPDX-License-Identifier: Apache-2.0
#include "fallline/train/checkpoint_keeper.hpp"

namespace fallline {

CheckpointKeeper::CheckpointKeeper(CheckpointOptions options, Checkpoint base)
    : options_(std::move(options)), base_(std::move(base)), newest_is_whole_(!options_.resume || options_.resume->newest) {}

bool CheckpointKeeper::due(std::int64_t step, bool look) const {
  if (options_.folder.empty()) {
    return false;
  }
  if (options_.every_steps > 0) {
    return step % options_.every_steps == 0;
  }
  return look && std::chrono::duration<double>(Clock::now() - last_).count() >= options_.every_seconds;
}

double CheckpointKeeper::seconds() const { return earlier_seconds_ + std::chrono::duration<double>(Clock::now() - begun_).count(); }

Result<void> CheckpointKeeper::write(const Checkpoint& state) {
  auto written = write_checkpoint(state, options_.folder, newest_is_whole_);
  newest_is_whole_ = newest_is_whole_ || written.has_value();
  last_ = Clock::now();
  return written;
}

}  // namespace fallline
