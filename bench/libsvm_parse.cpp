// SPDX-License-Identifier: Apache-2.0
// bench_libsvm FILE: bytes of LIBSVM text that one thread reads a second, by itself (parse_lines) and as a source that is scanned.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <limits>
#include <string>
#include <vector>

#include "fallline/data/csv/file_text.hpp"
#include "fallline/data/libsvm/source.hpp"
#include "fallline/data/libsvm/stretch.hpp"

namespace {

using fallline::Buffer;
namespace libsvm = fallline::libsvm;

constexpr int times = 9;

/// Seconds of the fastest of several calls.
template <class Work>
double fastest(Work work) {
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < times; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  return best;
}

/// Ranges of about 1 MiB one after the other, to the same place.
class Ranges {
 public:
  explicit Ranges(std::string_view text) : end_(text.data() + text.size()) {
    for (std::string_view rest = text; !rest.empty(); rest.remove_prefix(ranges_.back().size())) {
      ranges_.push_back(libsvm::lines_within(rest, libsvm::default_range_bytes));
      most_ = std::max(most_, ranges_.back().size());
    }
    labels_.resize(most_);
    ends_.resize(most_);
    columns_.resize(most_);
    values_.resize(most_);
  }

  std::size_t parse() {
    std::size_t entries = 0;
    for (const std::string_view range : ranges_) {
      entries += libsvm::parse_lines(range, end_, false, {labels_.data(), ends_.data(), columns_.data(), values_.data(), {most_, most_}, 0})
                     .entries;
    }
    return entries;
  }

 private:
  const char* end_;
  std::vector<std::string_view> ranges_;
  std::size_t most_ = 0;  // bytes of a range, and so no fewer than its rows and entries
  Buffer<double> labels_;
  Buffer<std::uint64_t> ends_;
  Buffer<std::uint32_t> columns_;
  Buffer<double> values_;
};

}  // namespace

int main(int count, char** arguments) {
  auto files = fallline::csv::open_all({count == 2 ? arguments[1] : ""});
  if (!files) {
    std::fputs("bench_libsvm FILE\n", stderr);
    return 2;
  }
  const std::string_view text = files->front().bytes();
  std::size_t entries = 0;
  Ranges ranges(text);
  const double parse = fastest([&] { entries = ranges.parse(); });
  const double scan = fastest([&] {
    fallline::ThreadPool pool(1);
    const auto source = std::move(*fallline::open_libsvm({arguments[1]}, {}));
    if (!source->scan(pool, {})) {
      std::abort();
    }
  });
  const double megabytes = static_cast<double>(text.size()) / 1e6;
  fmt::print("{:.1f} MB, {} entries: parse {:.0f} MB/s, scan {:.0f} MB/s, one thread\n", megabytes, entries, megabytes / parse,
             megabytes / scan);
}
