// SPDX-License-Identifier: Apache-2.0
#include "cli/resume.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include "cli/config.hpp"
#include "fallline/base/numbers.hpp"
#include "fallline/base/text.hpp"
#include "fallline/train/checkpoint_identity.hpp"

namespace fallline::cli {

namespace {

constexpr std::array<std::string_view, 2> budget = {"epochs", "steps"};

/// Where things go, how they are told, how long they take.
constexpr std::array<std::string_view, 14> free_options = {"epochs",        "steps", "max-seconds", "threads", "memory",           "cache",
                                                           "log",           "json",  "out",         "run",     "checkpoint-every", "config",
                                                           "explain-input", "resume"};

std::string config_of(const std::string& folder) { return folder + "/config.json"; }

bool exists(const std::string& path) {
  std::error_code fault;
  return std::filesystem::exists(path, fault);
}

bool same_folder(const std::string& a, const std::string& b) {
  std::error_code fault;
  return std::filesystem::path(a).lexically_normal() == std::filesystem::path(b).lexically_normal() ||
         std::filesystem::equivalent(a, b, fault);
}

/// "30s" or "1000".
Result<void> read_every(const std::string& text, CheckpointOptions& to) {
  const auto seconds = text.ends_with('s') ? parse_double(std::string_view(text).substr(0, text.size() - 1)) : std::nullopt;
  const auto steps = parse_int(text);
  if (!(seconds && *seconds > 0 && *seconds <= 1e9) && !(steps && *steps >= 1)) {
    return bad_value("checkpoint-every", "seconds such as 30s, or a whole number of steps such as 1000", text);
  }
  to.every_seconds = seconds.value_or(CheckpointOptions().every_seconds);
  to.every_steps = seconds ? 0 : *steps;
  return {};
}

}  // namespace

void add_checkpoints(OptionList& list, TrainRequest& to) {
  list.text("resume", "DIR", "go on with the run of this folder; options are as it was begun with, but the budget may grow", to.resume);
  list.special(
      "checkpoint-every", "S|N", "seconds (30s) or steps (1000) between two checkpoints in the folder of --run", ValueKind::text,
      [&to](const std::string& text) { return read_every(text, to.checkpoints); },
      [&to]() -> std::optional<std::string> {
        const CheckpointOptions& from = to.checkpoints;
        return from.every_steps > 0 ? std::to_string(from.every_steps) : shortest(from.every_seconds) + "s";
      });
}

Result<void> read_resumed(const OptionList& options, Words& words) {
  const auto resume = words.options.find("resume");
  if (resume == words.options.end()) {
    return {};
  }
  const std::string folder = resume->second.back();
  const auto run = words.options.find("run");
  if (run != words.options.end() && !same_folder(run->second.back(), folder)) {
    return usage_error(
        fmt::format("--resume {} goes on in that folder, and --run names another, {}. Leave --run out.", folder, run->second.back()));
  }
  words.options["run"] = {folder};
  if (!exists(config_of(folder))) {
    return words.plain.empty()
               ? usage_error(fmt::format("{} holds no run to go on with: there is no config.json in it. Begin one with --run "
                                         "{} and the names of the data.",
                                         folder, folder))
               : Result<void>();
  }
  Words found;
  found.plain = words.plain;
  found.options = words.options;
  if (auto read = read_config(config_of(folder), options, found); !read) {
    return read;
  }
  const auto given = [&](std::string_view name) { return words.options.contains(std::string(name)); };
  if (std::any_of(budget.begin(), budget.end(), given)) {
    std::erase_if(found.options, [&](const auto& option) {
      return std::find(budget.begin(), budget.end(), option.first) != budget.end() && !given(option.first);
    });
  }
  words = std::move(found);
  return {};
}

Facts kept_options(const OptionList& options) {
  Facts facts;
  for (const Option& option : options.all()) {
    const auto texts = option.get();
    if (texts && std::find(free_options.begin(), free_options.end(), option.name) == free_options.end()) {
      facts.emplace_back(option.name, join(*texts, ","));
    }
  }
  return facts;
}

Result<std::optional<FoundCheckpoint>> take_up(const std::string& folder, const Facts& options) {
  auto found = find_checkpoint(folder);
  if (!found || !*found) {
    return found;
  }
  const auto same = check_identity((*found)->state, identity(options));
  return same ? std::move(found) : Result<std::optional<FoundCheckpoint>>(same.error());
}

std::string clear_for_new_run(const std::string& folder) {
  const auto found = find_checkpoint(folder);
  remove_checkpoints(folder);
  const Progress progress = found && *found ? progress_of((*found)->state) : Progress{.over = true};
  return !progress.over
             ? fmt::format(
                   "{} held a run that was not finished, at step {}; it is replaced by this one (--resume {} would have gone on with it)",
                   folder, grouped(progress.steps), folder)
             : std::string();
}

}  // namespace fallline::cli
