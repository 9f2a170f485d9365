// SPDX-License-Identifier: Apache-2.0
#include "fallline/math/gemm.hpp"

#include <algorithm>
#include <array>
#include <vector>

#ifdef FALLLINE_BLAS
#include <cblas.h>
#include <dlfcn.h>
#endif

#include "fallline/math/instruction_set.hpp"
#include "fallline/math/tiles.hpp"

namespace fallline {

namespace {

std::size_t depth_of(Factor a_is, std::size_t rows, std::size_t cols) { return a_is == Factor::plain ? cols : rows; }

template <class T>
void check(Factor a_is, Mat<const T> a, Factor b_is, Mat<const T> b, Mat<T> c) {
  const std::size_t m = a_is == Factor::plain ? a.rows() : a.cols();
  const std::size_t n = b_is == Factor::plain ? b.cols() : b.rows();
  const std::size_t k = b_is == Factor::plain ? b.rows() : b.cols();
  expects(c.rows() == m && c.cols() == n && k == depth_of(a_is, a.rows(), a.cols()), "the shapes of a product fit");
}

#ifdef FALLLINE_BLAS

CBLAS_TRANSPOSE transpose(Factor is) { return is == Factor::plain ? CblasNoTrans : CblasTrans; }
int whole(std::size_t n) { return static_cast<int>(n); }

/// OpenBLAS, loaded when the first product asks for it: as it is loaded it starts threads that spin for a while, on cores that other work
/// has a use for, and few models need it.
struct Blas {
  decltype(&cblas_sgemm) sgemm = nullptr;
  decltype(&cblas_dgemm) dgemm = nullptr;
  decltype(&openblas_get_corename) kernel = nullptr;
  decltype(&openblas_set_num_threads) set_threads = nullptr;

  Blas() {
    if (void* const library = ::dlopen(FALLLINE_BLAS, RTLD_NOW | RTLD_LOCAL); library != nullptr) {
      find(library, "cblas_sgemm", sgemm);
      find(library, "cblas_dgemm", dgemm);
      find(library, "openblas_get_corename", kernel);
      find(library, "openblas_set_num_threads", set_threads);
    }
    if (has_all()) {
      set_threads(1);  // a call, so that the bits do not depend on the number of threads
    }
  }

  bool has_all() const { return sgemm != nullptr && dgemm != nullptr && kernel != nullptr && set_threads != nullptr; }

 private:
  template <class Function>
  static void find(void* library, const char* name, Function& function) {
    function = reinterpret_cast<Function>(::dlsym(library, name));
  }
};

const Blas& blas() {
  static const Blas loaded;
  return loaded;
}

/// Where it is not there, tiles do all of the work, as under a pinned instruction set.
bool has_blas() { return blas().has_all(); }

void product(Factor a_is, Mat<const float> a, Factor b_is, Mat<const float> b, bool add, Mat<float> c, std::size_t k) {
  blas().sgemm(CblasRowMajor, transpose(a_is), transpose(b_is), whole(c.rows()), whole(c.cols()), whole(k), 1, a.data(), whole(a.stride()),
               b.data(), whole(b.stride()), add ? 1 : 0, c.data(), whole(c.stride()));
}
void product(Factor a_is, Mat<const double> a, Factor b_is, Mat<const double> b, bool add, Mat<double> c, std::size_t k) {
  blas().dgemm(CblasRowMajor, transpose(a_is), transpose(b_is), whole(c.rows()), whole(c.cols()), whole(k), 1, a.data(), whole(a.stride()),
               b.data(), whole(b.stride()), add ? 1 : 0, c.data(), whole(c.stride()));
}

#else

bool has_blas() { return true; }  // the plain loops below

template <class T>
void product(Factor a_is, Mat<const T> a, Factor b_is, Mat<const T> b, bool add, Mat<T> c, std::size_t k) {
  for (std::size_t i = 0; i < c.rows(); ++i) {
    T* out = c.row(i).data();
    if (!add) {
      std::fill_n(out, c.cols(), T(0));
    }
    for (std::size_t p = 0; p < k; ++p) {
      const T x = a_is == Factor::plain ? a(i, p) : a(p, i);
      for (std::size_t j = 0; j < c.cols(); ++j) {
        out[j] += x * (b_is == Factor::plain ? b(p, j) : b(j, p));
      }
    }
  }
}

#endif

/// One half of the parts of a matrix of duals, side by side.
std::vector<double> part(Mat<const Dual<double>> from, double Dual<double>::* which) {
  std::vector<double> out(from.rows() * from.cols());
  for (std::size_t i = 0; i < from.rows(); ++i) {
    std::transform(from.row(i).begin(), from.row(i).end(), out.data() + i * from.cols(), [&](const Dual<double>& x) { return x.*which; });
  }
  return out;
}

// Where tiles are faster than BLAS, measured on two kinds of kernel: b stays in the caches, or few rows of c do not pay for a copy of b.
constexpr std::size_t most_columns = 512;
constexpr std::size_t most_of_b = std::size_t{1} << 19U;
constexpr std::size_t few_rows = 32;
constexpr std::size_t most_turned = 4096;  // values of a transposed b that are turned round on the stack

template <class T>
bool suits_tiles(Mat<const T> b, Mat<T> c) {
  return c.rows() <= few_rows || (c.cols() <= most_columns && b.rows() * b.cols() <= most_of_b);
}

/// The transpose of b, written into values.
template <class T>
Mat<const T> upright(Mat<const T> b, T* values) {
  const Mat<T> turned(values, b.cols(), b.rows());
  for (std::size_t i = 0; i < b.rows(); ++i) {
    for (std::size_t j = 0; j < b.cols(); ++j) {
      turned(j, i) = b(i, j);
    }
  }
  return Mat<const T>(turned);
}

template <class T>
void checked(Factor a_is, Mat<const T> a, Factor b_is, Mat<const T> b, bool add, Mat<T> c) {
  check(a_is, a, b_is, b, c);
  if (c.rows() == 0 || c.cols() == 0) {
    return;
  }
  if (b.rows() == 0 || b.cols() == 0) {  // a sum of nothing; where nothing is there may be no address either
    for (std::size_t i = 0; i < c.rows() && !add; ++i) {
      std::fill_n(c.row(i).data(), c.cols(), T(0));
    }
    return;
  }
  const bool turned = a_is == Factor::transposed;
  const auto no_blas = [] { return instruction_set_is_pinned() || !has_blas(); };  // its kernels are picked by the machine
  if (b_is == Factor::plain && (suits_tiles(b, c) || no_blas())) {
    multiply_in_tiles(turned, a, b, add, c);
  } else if (b_is == Factor::transposed && b.rows() * b.cols() <= most_turned) {
    std::array<T, most_turned> values;
    multiply_in_tiles(turned, a, upright(b, values.data()), add, c);
  } else if (b_is == Factor::transposed && no_blas()) {
    std::vector<T> values(b.rows() * b.cols());
    multiply_in_tiles(turned, a, upright(b, values.data()), add, c);
  } else {
    product(a_is, a, b_is, b, add, c, depth_of(a_is, a.rows(), a.cols()));
  }
}

}  // namespace

void gemm(Factor a_is, Mat<const float> a, Factor b_is, Mat<const float> b, bool add, Mat<float> c) { checked(a_is, a, b_is, b, add, c); }
void gemm(Factor a_is, Mat<const double> a, Factor b_is, Mat<const double> b, bool add, Mat<double> c) {
  checked(a_is, a, b_is, b, add, c);
}

void gemm(Factor a_is, Mat<const Dual<double>> a, Factor b_is, Mat<const Dual<double>> b, bool add, Mat<Dual<double>> c) {
  const std::vector<double> av = part(a, &Dual<double>::value);
  const std::vector<double> at = part(a, &Dual<double>::tangent);
  const std::vector<double> bv = part(b, &Dual<double>::value);
  const std::vector<double> bt = part(b, &Dual<double>::tangent);
  std::vector<double> value(c.rows() * c.cols());
  std::vector<double> tangent(value.size());
  const auto times = [&](const std::vector<double>& x, const std::vector<double>& y, bool more, std::vector<double>& out) {
    checked(a_is, Mat<const double>(x.data(), a.rows(), a.cols()), b_is, Mat<const double>(y.data(), b.rows(), b.cols()), more,
            Mat<double>(out.data(), c.rows(), c.cols()));
  };
  times(av, bv, false, value);
  times(at, bv, false, tangent);
  times(av, bt, true, tangent);
  for (std::size_t i = 0; i < c.rows(); ++i) {
    for (std::size_t j = 0; j < c.cols(); ++j) {
      const Dual<double> sum(value[i * c.cols() + j], tangent[i * c.cols() + j]);
      c(i, j) = add ? c(i, j) + sum : sum;
    }
  }
}

#ifdef FALLLINE_BLAS
const char* gemm_kernel() { return instruction_set_is_pinned() || !has_blas() ? "tiles" : blas().kernel(); }
#else
const char* gemm_kernel() { return instruction_set_is_pinned() ? "tiles" : "plain"; }
#endif

}  // namespace fallline
