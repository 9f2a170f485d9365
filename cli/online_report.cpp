// SPDX-License-Identifier: Apache-2.0
#include "cli/online_report.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "cli/json.hpp"
#include "cli/terminal.hpp"
#include "fallline/base/file.hpp"
#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"

namespace fallline::cli {

namespace {

constexpr std::int64_t regular = 65'536;

std::int64_t after(std::int64_t rows) {
  std::int64_t next = 1;
  while (next <= rows && next < regular) {
    next *= 2;
  }
  return rows < next ? next : (rows / regular + 1) * regular;
}

/// Empty where nothing was measured.
std::string cell(double value) { return std::isnan(value) ? std::string() : shortest(value); }

}  // namespace

Result<void> OnlineReport::begin(std::int64_t rows) {
  next_ = after(rows);
  last_ = rows;
  if (folder_.empty()) {
    return {};
  }
  const std::string path = folder_ + "/history.csv";
  std::string text = fmt::format(
      "rows_seen,step,learning_rate,progressive_loss,progressive_{0},recent_loss,recent_{0},gradient_norm,update_norm\n", metric_);
  const auto before = rows > 0 ? read_file(path) : Result<std::string>(std::string());
  std::string_view rest = before ? std::string_view(*before) : std::string_view();
  for (std::size_t feed = rest.find('\n'); feed != std::string_view::npos; feed = rest.find('\n')) {
    const std::string_view line = rest.substr(0, feed + 1);
    const auto at = parse_int(line.substr(0, line.find(',')));
    text += at && *at <= rows ? line : std::string_view();  // what came after the checkpoint comes again
    rest.remove_prefix(feed + 1);
  }
  return write_file_whole(path, text);
}

Result<void> OnlineReport::tell(const StepRecord& last, const Progressive& progressive, const Progressive& recent) {
  last_ = last.rows_seen;
  next_ = after(last_);
  if (form_ == LogForm::json) {
    JsonObject object;
    object.add("kind", "progress").add("rows", last.rows_seen).add("step", last.step).add("learning_rate", last.learning_rate);
    object.add("progressive_loss", progressive.loss).add("progressive_" + metric_, progressive.metric);
    object.add("recent_loss", recent.loss).add("recent_" + metric_, recent.metric);
    say(object.text());
  } else if (form_ == LogForm::text) {
    say(fmt::format("row {}  progressive loss {}  {} {}  recent loss {}  {} {}  rate {}", grouped(last.rows_seen), brief(progressive.loss),
                    metric_, brief(progressive.metric), brief(recent.loss), metric_, brief(recent.metric), brief(last.learning_rate)));
  }
  return write_history(fmt::format("{},{},{},{},{},{},{},{},{}\n", last.rows_seen, last.step, cell(last.learning_rate),
                                   cell(progressive.loss), cell(progressive.metric), cell(recent.loss), cell(recent.metric),
                                   cell(last.gradient_norm), cell(last.update_norm)));
}

/// A line at the end, so that the file grows and memory does not.
Result<void> OnlineReport::write_history(const std::string& line) const {
  if (folder_.empty()) {
    return {};
  }
  const std::string path = folder_ + "/history.csv";
  std::FILE* file = std::fopen(path.c_str(), "ab");
  const bool written = file != nullptr && std::fwrite(line.data(), 1, line.size(), file) == line.size();
  const bool closed = file != nullptr && std::fclose(file) == 0;
  return written && closed ? Result<void>() : no_room_error(fmt::format("{} cannot be written: {}.", path, std::strerror(errno)));
}

}  // namespace fallline::cli
