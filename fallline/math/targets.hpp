// SPDX-License-Identifier: Apache-2.0
// The instruction sets that kernels are compiled for: AVX-512, AVX2 and the baseline of the platform. Included before Highway.
// FALLLINE_DISPATCH(f) is f as compiled for the one in use. Of Highway the headers are enough for that: its library, which could choose as
// well, measures a clock whenever a program is loaded, for longer than most commands take.
#pragma once

#include "fallline/math/instruction_set.hpp"

#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4)
#define HWY_IS_DEBUG_BUILD 0  // its own checks are in that library

#if defined(HWY_COMPILE_ONLY_STATIC)
#define FALLLINE_DISPATCH(function) HWY_STATIC_DISPATCH(function)
#else
#define FALLLINE_DISPATCH(function) \
  (*fallline::for_set_in_use(HWY_CHOOSE_AVX3(function), HWY_CHOOSE_AVX2(function), &HWY_STATIC_DISPATCH(function)))
#endif
