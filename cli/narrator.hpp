// SPDX-License-Identifier: Apache-2.0
// Narrator: what a training run tells on stderr as it goes, for a person (text), a program (json) or nobody (quiet).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "cli/options.hpp"
#include "fallline/train/run.hpp"

namespace fallline::cli {

class Narrator final : public Observer {
 public:
  explicit Narrator(LogForm form);

  /// kind: note (how the data was understood), choice (what was decided), warning.
  void tell(std::string_view kind, std::string_view message);

  void on_plan(const std::vector<std::string>& choices) override;
  void on_step(const StepRecord& record) override;
  void on_epoch(const EpochRecord& record) override;

  /// Takes the updating line away.
  void finish();

 private:
  using Clock = std::chrono::steady_clock;
  void update(const std::string& line);

  LogForm form_;
  bool live_;  // one updating line
  bool line_stands_ = false;
  Clock::time_point next_update_{};
  std::int64_t next_epoch_ = 1;  // plain lines grow rarer, so that a run of any length has about 20
};

}  // namespace fallline::cli
