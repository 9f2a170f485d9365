// SPDX-License-Identifier: Apache-2.0
// The end of an array that fills no vector. Included by files that foreach_target compiles once for each instruction set, hence no ordinary
// include guard: the toggle lets it in once a set.
#if defined(FALLLINE_MATH_TAILS) == defined(HWY_TARGET_TOGGLE)
#ifdef FALLLINE_MATH_TAILS
#undef FALLLINE_MATH_TAILS
#else
#define FALLLINE_MATH_TAILS
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cstddef>

HWY_BEFORE_NAMESPACE();
namespace fallline::HWY_NAMESPACE {

/// The first `count` (fewer than a vector) values, zeros behind them, without a look past the end.
template <class Tag, class T>
hwy::HWY_NAMESPACE::Vec<Tag> load_tail(Tag tag, const T* from, std::size_t count) {
  namespace hn = hwy::HWY_NAMESPACE;
#if HWY_TARGET <= HWY_AVX2
  return hn::MaskedLoad(hn::FirstN(tag, count), tag, from);
#else
  HWY_ALIGN T padded[hn::MaxLanes(tag)] = {};
  std::copy_n(from, count, padded);
  return hn::Load(tag, padded);
#endif
}

/// Writes the first `count` (fewer than a vector) values only.
template <class Tag, class T>
void store_tail(Tag tag, hwy::HWY_NAMESPACE::Vec<Tag> values, T* into, std::size_t count) {
  namespace hn = hwy::HWY_NAMESPACE;
#if HWY_TARGET <= HWY_AVX2
  hn::BlendedStore(values, hn::FirstN(tag, count), tag, into);
#else
  HWY_ALIGN T padded[hn::MaxLanes(tag)];
  hn::Store(values, tag, padded);
  std::copy_n(padded, count, into);
#endif
}

}  // namespace fallline::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
