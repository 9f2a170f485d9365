// SPDX-License-Identifier: Apache-2.0
#include "fallline/math/instruction_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "fallline/base/text.hpp"
#include "fallline/math/targets.hpp"
//
#include <hwy/highway.h>

namespace fallline {

namespace {

struct InstructionSet {
  std::string_view name;
  std::int64_t target;
};

constexpr InstructionSet known[] = {
#if HWY_ARCH_X86
    {"avx512", HWY_AVX3},
    {"avx2", HWY_AVX2},
#endif
    {"baseline", HWY_STATIC_TARGET},
};

std::atomic<bool> pinned{false};

/// What Highway found on this machine before anything was pinned.
std::int64_t machine_has() {
  static const std::int64_t all = (HWY_SUPPORTED_TARGETS | HWY_STATIC_TARGET) & HWY_TARGETS;
  return all;
}

Result<void> pin(std::string_view name, std::string_view named_by) {
  const auto& sets = instruction_sets();
  if (std::find(sets.begin(), sets.end(), name) == sets.end()) {
    return usage_error(
        fmt::format("{} is '{}', which is no instruction set of this machine. It may be one of {}; without it the first is taken.",
                    named_by, name, join(sets, ", ")));
  }
  const auto* const set = std::find_if(std::begin(known), std::end(known), [&](const InstructionSet& x) { return x.name == name; });
  hwy::DisableTargets(~set->target);
  pinned = true;
  return {};
}

Result<void> pin_what_environment_names() {
  const char* const name = std::getenv("FALLLINE_ISA");
  return name == nullptr || *name == '\0' || pinned ? Result<void>() : pin(name, "FALLLINE_ISA");
}

}  // namespace

const std::vector<std::string>& instruction_sets() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> found;
    for (const auto& [name, target] : known) {
      if ((target & machine_has()) != 0) {
        found.emplace_back(name);
      }
    }
    return found;
  }();
  return names;
}

std::string_view instruction_set() {
  const std::int64_t enabled = machine_has() & (HWY_SUPPORTED_TARGETS | HWY_STATIC_TARGET);
  const auto* const best =
      std::find_if(std::begin(known), std::end(known), [&](const InstructionSet& x) { return (x.target & enabled) != 0; });
  return best->name;
}

bool instruction_set_is_pinned() { return pinned; }

Result<void> pin_instruction_set(std::string_view name) { return pin(name, "The instruction set"); }

Result<void> pin_instruction_set_by_environment() {
  static const Result<void> once = pin_what_environment_names();
  return once;
}

}  // namespace fallline
