// SPDX-License-Identifier: Apache-2.0
#include "fallline/math/kernels.hpp"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "fallline/math/kernels.cpp"
#include "fallline/math/targets.hpp"
//
#include <hwy/foreach_target.h>  // IWYU pragma: keep
//
#include <hwy/highway.h>

#include "fallline/math/tails.hpp"

HWY_BEFORE_NAMESPACE();
namespace fallline::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Four rows at a time share each load of w and keep four sums in flight, which hides the latency of the multiply-add.
template <class T>
void dot_four(const T* const* rows, const T* w, std::size_t n, T* out) {
  const hn::ScalableTag<T> tag;
  const std::size_t lanes = hn::Lanes(tag);
  auto a = hn::Zero(tag);
  auto b = hn::Zero(tag);
  auto c = hn::Zero(tag);
  auto d = hn::Zero(tag);
  std::size_t j = 0;
  for (; j + lanes <= n; j += lanes) {
    const auto weights = hn::LoadU(tag, w + j);
    a = hn::MulAdd(hn::LoadU(tag, rows[0] + j), weights, a);
    b = hn::MulAdd(hn::LoadU(tag, rows[1] + j), weights, b);
    c = hn::MulAdd(hn::LoadU(tag, rows[2] + j), weights, c);
    d = hn::MulAdd(hn::LoadU(tag, rows[3] + j), weights, d);
  }
  if (j < n) {
    const auto weights = load_tail(tag, w + j, n - j);
    a = hn::MulAdd(load_tail(tag, rows[0] + j, n - j), weights, a);
    b = hn::MulAdd(load_tail(tag, rows[1] + j, n - j), weights, b);
    c = hn::MulAdd(load_tail(tag, rows[2] + j, n - j), weights, c);
    d = hn::MulAdd(load_tail(tag, rows[3] + j, n - j), weights, d);
  }
  out[0] = hn::GetLane(hn::SumOfLanes(tag, a));
  out[1] = hn::GetLane(hn::SumOfLanes(tag, b));
  out[2] = hn::GetLane(hn::SumOfLanes(tag, c));
  out[3] = hn::GetLane(hn::SumOfLanes(tag, d));
}

template <class T>
void dot_all(const T* const* rows, std::size_t count, const T* w, std::size_t n, T* out) {
  std::size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    dot_four(rows + i, w, n, out + i);
  }
  if (i < count) {  // the same four-row kernel, so that a row's product is the same wherever it stands
    const T* padded[4];
    T sums[4];
    for (std::size_t k = 0; k < 4; ++k) {
      padded[k] = rows[std::min(i + k, count - 1)];
    }
    dot_four(padded, w, n, sums);
    std::copy_n(sums, count - i, out + i);
  }
}

// A tile of columns stays in registers while all rows of the block pass, so each value is loaded once and no sum goes through memory.
template <class T, std::size_t vectors>
void add_tile(const T* const* rows, const T* slopes, std::size_t count, std::size_t first, double* sum) {
  const hn::ScalableTag<T> tag;
  const std::size_t lanes = hn::Lanes(tag);
  auto a = hn::Zero(tag);
  auto b = hn::Zero(tag);
  auto c = hn::Zero(tag);
  auto d = hn::Zero(tag);
  for (std::size_t i = 0; i < count; ++i) {
    const T* x = rows[i] + first;
    const auto slope = hn::Set(tag, slopes[i]);
    a = hn::MulAdd(hn::LoadU(tag, x), slope, a);
    if constexpr (vectors > 1) {
      b = hn::MulAdd(hn::LoadU(tag, x + lanes), slope, b);
      c = hn::MulAdd(hn::LoadU(tag, x + 2 * lanes), slope, c);
      d = hn::MulAdd(hn::LoadU(tag, x + 3 * lanes), slope, d);
    }
  }
  HWY_ALIGN T tile[4 * hn::MaxLanes(tag)];
  hn::StoreU(a, tag, tile);
  if constexpr (vectors > 1) {
    hn::StoreU(b, tag, tile + lanes);
    hn::StoreU(c, tag, tile + 2 * lanes);
    hn::StoreU(d, tag, tile + 3 * lanes);
  }
  for (std::size_t j = 0; j < vectors * lanes; ++j) {
    sum[first + j] += static_cast<double>(tile[j]);
  }
}

template <class T>
void add_rest(const T* const* rows, const T* slopes, std::size_t count, std::size_t first, std::size_t width, double* sum) {
  const hn::ScalableTag<T> tag;
  auto a = hn::Zero(tag);
  for (std::size_t i = 0; i < count; ++i) {
    a = hn::MulAdd(load_tail(tag, rows[i] + first, width), hn::Set(tag, slopes[i]), a);
  }
  HWY_ALIGN T tile[hn::MaxLanes(tag)];
  hn::StoreU(a, tag, tile);
  for (std::size_t j = 0; j < width; ++j) {
    sum[first + j] += static_cast<double>(tile[j]);
  }
}

template <class T>
void add_all(const T* const* rows, const T* slopes, std::size_t count, std::size_t n, double* sum) {
  const std::size_t lanes = hn::Lanes(hn::ScalableTag<T>());
  std::size_t j = 0;
  for (; j + 4 * lanes <= n; j += 4 * lanes) {
    add_tile<T, 4>(rows, slopes, count, j, sum);
  }
  for (; j + lanes <= n; j += lanes) {
    add_tile<T, 1>(rows, slopes, count, j, sum);
  }
  if (j < n) {
    add_rest(rows, slopes, count, j, n - j, sum);
  }
}

template <class T>
void take_all(double* sum, std::size_t n, double scale, T* out) {
  const hn::ScalableTag<double> wide;
  const hn::Rebind<T, decltype(wide)> narrow;
  const std::size_t lanes = hn::Lanes(wide);
  const auto factor = hn::Set(wide, scale);
  std::size_t j = 0;
  for (; j + lanes <= n; j += lanes) {
    const auto scaled = hn::Mul(hn::LoadU(wide, sum + j), factor);
    if constexpr (sizeof(T) == sizeof(double)) {
      hn::StoreU(scaled, narrow, out + j);
    } else {
      hn::StoreU(hn::DemoteTo(narrow, scaled), narrow, out + j);
    }
    hn::StoreU(hn::Zero(wide), wide, sum + j);
  }
  for (; j < n; ++j) {
    out[j] = static_cast<T>(sum[j] * scale);
    sum[j] = 0;
  }
}

void take_float(double* sum, std::size_t n, double scale, float* out) { take_all(sum, n, scale, out); }
void take_double(double* sum, std::size_t n, double scale, double* out) { take_all(sum, n, scale, out); }
void dot_float(const float* const* rows, std::size_t count, const float* w, std::size_t n, float* out) { dot_all(rows, count, w, n, out); }
void dot_double(const double* const* rows, std::size_t count, const double* w, std::size_t n, double* out) {
  dot_all(rows, count, w, n, out);
}
void add_float(const float* const* rows, const float* slopes, std::size_t count, std::size_t n, double* sum) {
  add_all(rows, slopes, count, n, sum);
}
void add_double(const double* const* rows, const double* slopes, std::size_t count, std::size_t n, double* sum) {
  add_all(rows, slopes, count, n, sum);
}

}  // namespace fallline::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fallline {

template <>
void dot_rows(const float* const* rows, std::size_t count, const float* w, std::size_t n, float* out) {
  FALLLINE_DISPATCH(dot_float)(rows, count, w, n, out);
}
template <>
void dot_rows(const double* const* rows, std::size_t count, const double* w, std::size_t n, double* out) {
  FALLLINE_DISPATCH(dot_double)(rows, count, w, n, out);
}
template <>
void add_rows(const float* const* rows, const float* slopes, std::size_t count, std::size_t n, double* sum) {
  FALLLINE_DISPATCH(add_float)(rows, slopes, count, n, sum);
}
template <>
void add_rows(const double* const* rows, const double* slopes, std::size_t count, std::size_t n, double* sum) {
  FALLLINE_DISPATCH(add_double)(rows, slopes, count, n, sum);
}
template <>
void take_sums(double* sum, std::size_t n, double scale, float* out) {
  FALLLINE_DISPATCH(take_float)(sum, n, scale, out);
}
template <>
void take_sums(double* sum, std::size_t n, double scale, double* out) {
  FALLLINE_DISPATCH(take_double)(sum, n, scale, out);
}

template <class T>
void dot_rows_plain(const T* const* rows, std::size_t count, const T* w, std::size_t n, T* out) {
  for (std::size_t i = 0; i < count; ++i) {
    T sum = 0;
    for (std::size_t j = 0; j < n; ++j) {
      sum += rows[i][j] * w[j];
    }
    out[i] = sum;
  }
}

template <class T>
void add_rows_plain(const T* const* rows, const T* slopes, std::size_t count, std::size_t n, double* sum) {
  for (std::size_t j = 0; j < n; ++j) {
    T column = 0;
    for (std::size_t i = 0; i < count; ++i) {
      column += rows[i][j] * slopes[i];
    }
    sum[j] += static_cast<double>(column);
  }
}

template void dot_rows_plain(const float* const*, std::size_t, const float*, std::size_t, float*);
template void dot_rows_plain(const double* const*, std::size_t, const double*, std::size_t, double*);
template void add_rows_plain(const float* const*, const float*, std::size_t, std::size_t, double*);
template void add_rows_plain(const double* const*, const double*, std::size_t, std::size_t, double*);

std::size_t block_rows(std::size_t n, std::size_t bytes_of_value) {
  constexpr std::size_t first_cache = 24 * 1024;
  const std::size_t rows = first_cache / std::max<std::size_t>(1, n * bytes_of_value);
  return std::clamp<std::size_t>(rows / 4 * 4, 8, 256);
}

}  // namespace fallline
#endif  // HWY_ONCE
