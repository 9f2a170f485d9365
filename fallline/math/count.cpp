// SPDX-License-Identifier: Apache-2.0
#include "fallline/math/count.hpp"

#include <algorithm>
#include <cstdint>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "fallline/math/count.cpp"
#include "fallline/math/targets.hpp"
//
#include <hwy/foreach_target.h>  // IWYU pragma: keep
//
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace fallline::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

CharacterCounts count(std::string_view text, char first, char second) {
  const hn::ScalableTag<std::uint8_t> tag;
  const hn::Repartition<std::uint64_t, decltype(tag)> wide;
  const std::size_t lanes = hn::Lanes(tag);
  const auto* at = reinterpret_cast<const std::uint8_t*>(text.data());
  const auto one = hn::Set(tag, static_cast<std::uint8_t>(first));
  const auto other = hn::Set(tag, static_cast<std::uint8_t>(second));
  auto ones = hn::Zero(wide);
  auto others = hn::Zero(wide);
  std::size_t left = text.size();
  while (left >= lanes) {
    auto some = hn::Zero(tag);  // counts of up to 255 looks fit a byte
    auto more = hn::Zero(tag);
    for (std::size_t looks = std::min<std::size_t>(left / lanes, 255); looks > 0; --looks) {
      const auto bytes = hn::LoadU(tag, at);
      some = hn::Sub(some, hn::VecFromMask(tag, hn::Eq(bytes, one)));
      more = hn::Sub(more, hn::VecFromMask(tag, hn::Eq(bytes, other)));
      at += lanes;
      left -= lanes;
    }
    ones = hn::Add(ones, hn::SumsOf8(some));
    others = hn::Add(others, hn::SumsOf8(more));
  }
  const std::string_view rest = text.substr(text.size() - left);
  return {static_cast<std::size_t>(hn::GetLane(hn::SumOfLanes(wide, ones)) +
                                   static_cast<std::uint64_t>(std::count(rest.begin(), rest.end(), first))),
          static_cast<std::size_t>(hn::GetLane(hn::SumOfLanes(wide, others)) +
                                   static_cast<std::uint64_t>(std::count(rest.begin(), rest.end(), second)))};
}

}  // namespace fallline::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fallline {

CharacterCounts count_characters(std::string_view text, char first, char second) { return FALLLINE_DISPATCH(count)(text, first, second); }

}  // namespace fallline
#endif  // HWY_ONCE
