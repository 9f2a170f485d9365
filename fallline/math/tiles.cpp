// SPDX-License-Identifier: Apache-2.0
#include "fallline/math/tiles.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "fallline/math/tiles.cpp"
#include "fallline/math/targets.hpp"
//
#include <hwy/foreach_target.h>  // IWYU pragma: keep
//
#include <hwy/highway.h>

#include "fallline/math/tails.hpp"

HWY_BEFORE_NAMESPACE();
namespace fallline::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// One product c = op(a) b (+ c): where its factors lie.
template <class T>
struct Product {
  const T* a;
  std::size_t a_stride;
  const T* b;
  std::size_t b_stride;
  T* c;
  std::size_t c_stride;
  std::size_t depth;
  bool add;
};

#if HWY_TARGET <= HWY_AVX3
constexpr std::size_t tile_rows = 8;  // times two vectors: 16 of 32 registers hold sums, enough for two multiply-adds in each cycle
#else
constexpr std::size_t tile_rows = 4;
#endif

/// Rows [i, i + R) of c by V vectors of columns from j on; of the only vector just the first `tail` columns where tail > 0.
template <bool transposed, std::size_t R, std::size_t V, bool cut, class T>
HWY_ATTR void tile(const Product<T>& product, std::size_t i, std::size_t j, std::size_t tail) {
  static_assert(!cut || V == 1);
  const hn::ScalableTag<T> tag;
  constexpr std::size_t lanes = hn::MaxLanes(hn::ScalableTag<T>());
  const auto load = [&](const T* from) HWY_ATTR {
    if constexpr (cut) {
      return load_tail(tag, from, tail);
    } else {
      return hn::LoadU(tag, from);
    }
  };
  T* const c = product.c + i * product.c_stride + j;
  hn::Vec<decltype(tag)> sums[R][V];
  for (std::size_t r = 0; r < R; ++r) {
    for (std::size_t v = 0; v < V; ++v) {
      sums[r][v] = product.add ? load(c + r * product.c_stride + v * lanes) : hn::Zero(tag);
    }
  }
  const std::size_t stride = product.a_stride;
  const T* a = product.a + (transposed ? i : i * stride);
  const T* b = product.b + j;
  for (std::size_t p = 0; p < product.depth; ++p) {
    hn::Vec<decltype(tag)> row[V];
    for (std::size_t v = 0; v < V; ++v) {
      row[v] = load(b + v * lanes);
    }
    for (std::size_t r = 0; r < R; ++r) {
      const auto factor = hn::Set(tag, transposed ? a[r] : a[r * stride]);
      for (std::size_t v = 0; v < V; ++v) {
        sums[r][v] = hn::MulAdd(factor, row[v], sums[r][v]);
      }
    }
    a += transposed ? stride : 1;
    b += product.b_stride;
  }
  for (std::size_t r = 0; r < R; ++r) {
    for (std::size_t v = 0; v < V; ++v) {
      T* const into = c + r * product.c_stride + v * lanes;
      if constexpr (cut) {
        store_tail(tag, sums[r][v], into, tail);
      } else {
        hn::StoreU(sums[r][v], tag, into);
      }
    }
  }
}

/// All rows of c for V vectors of columns from j on. A tile fewer rows high takes what is left below the last whole one.
template <bool transposed, std::size_t R, std::size_t V, bool cut, class T>
HWY_ATTR void column(const Product<T>& product, std::size_t i, std::size_t rows, std::size_t j, std::size_t tail) {
  for (; i + R <= rows; i += R) {
    tile<transposed, R, V, cut>(product, i, j, tail);
  }
  if constexpr (R > 1) {
    column<transposed, R / 2, V, cut>(product, i, rows, j, tail);
  }
}

template <bool transposed, class T>
HWY_ATTR void all_columns(const Product<T>& product, std::size_t rows, std::size_t columns) {
  constexpr std::size_t lanes = hn::MaxLanes(hn::ScalableTag<T>());
  std::size_t j = 0;
  for (; j + 2 * lanes <= columns; j += 2 * lanes) {
    column<transposed, tile_rows, 2, false>(product, 0, rows, j, 0);
  }
  if (j + lanes <= columns) {
    column<transposed, tile_rows, 1, false>(product, 0, rows, j, 0);
    j += lanes;
  }
  if (j < columns) {
    column<transposed, tile_rows, 1, true>(product, 0, rows, j, columns - j);
  }
}

template <class T>
HWY_ATTR void multiply(bool a_transposed, Mat<const T> a, Mat<const T> b, bool add, Mat<T> c) {
  const Product<T> product{a.data(), a.stride(), b.data(), b.stride(), c.data(), c.stride(), b.rows(), add};
  if (a_transposed) {
    all_columns<true>(product, c.rows(), c.cols());
  } else {
    all_columns<false>(product, c.rows(), c.cols());
  }
}

HWY_ATTR void multiply_float(bool a_transposed, Mat<const float> a, Mat<const float> b, bool add, Mat<float> c) {
  multiply(a_transposed, a, b, add, c);
}
HWY_ATTR void multiply_double(bool a_transposed, Mat<const double> a, Mat<const double> b, bool add, Mat<double> c) {
  multiply(a_transposed, a, b, add, c);
}

}  // namespace fallline::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fallline {

void multiply_in_tiles(bool a_transposed, Mat<const float> a, Mat<const float> b, bool add, Mat<float> c) {
  FALLLINE_DISPATCH(multiply_float)(a_transposed, a, b, add, c);
}
void multiply_in_tiles(bool a_transposed, Mat<const double> a, Mat<const double> b, bool add, Mat<double> c) {
  FALLLINE_DISPATCH(multiply_double)(a_transposed, a, b, add, c);
}

}  // namespace fallline
#endif  // HWY_ONCE
