// SPDX-License-Identifier: Apache-2.0
// The instruction sets that kernels are compiled for: AVX-512, AVX2 and the baseline of the platform. Included before Highway.
#pragma once

#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4)
