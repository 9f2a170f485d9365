// SPDX-License-Identifier: Apache-2.0
// Any bytes, by any options, are a table or a usage or data error of one line that names the file; the table is the same whatever the
// ranges and threads; and reading takes no more memory than a small multiple of the bytes.
//   clang++-19 -std=c++20 -O1 -g -I. -fsanitize=fuzzer,address,undefined tests/fuzz/csv_fuzz.cpp
//     fallline/data/csv.cpp fallline/data/csv/*.cpp fallline/math/thread_pool.cpp
//     fallline/base/{expects,file,numbers,text}.cpp -lfmt    (without the *_test.cpp files)
#include <sanitizer/allocator_interface.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "fallline/base/expects.hpp"
#include "fallline/data/csv/encoding.hpp"
#include "fallline/data/csv/source.hpp"

namespace {

using fallline::Chunk;
using fallline::Column;
using fallline::CsvOptions;
using fallline::expects;
using fallline::Result;
using fallline::Schema;

std::atomic<std::int64_t> live = 0;
std::atomic<std::int64_t> most = 0;

void on_malloc(const volatile void* /*at*/, std::size_t size) {
  const std::int64_t now = live += static_cast<std::int64_t>(size);
  std::int64_t before = most;
  while (before < now && !most.compare_exchange_weak(before, now)) {
  }
}

void on_free(const volatile void* at) {
  live -= at == nullptr ? 0 : static_cast<std::int64_t>(__sanitizer_get_allocated_size(const_cast<void*>(at)));
}

/// The first bytes choose the options.
struct Choices {
  std::string_view bytes;

  unsigned next(unsigned kinds) {
    if (bytes.empty()) {
      return 0;
    }
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    return byte % kinds;
  }
};

CsvOptions options_from(Choices& choices) {
  CsvOptions options;
  const std::string marks = ",;\t| #%:";
  const unsigned header = choices.next(3);
  options.header = header == 0 ? std::nullopt : std::optional(header == 1);
  const unsigned delimiter = choices.next(8);
  options.delimiter = delimiter < 4 ? std::nullopt : std::optional(marks[delimiter - 4]);
  options.decimal = choices.next(4) == 3 ? ',' : '.';
  const unsigned comment = choices.next(4);
  options.comment = comment < 3 ? std::nullopt : std::optional('#');
  const unsigned encoding = choices.next(12);
  options.encoding = encoding < 8 ? std::nullopt : std::optional(static_cast<fallline::TextEncoding>(encoding - 8));
  if (const unsigned missing = choices.next(4); missing > 0) {
    options.missing = missing == 1 ? std::vector<std::string>{} : std::vector<std::string>{"-1", "", "x"};
  }
  if (const unsigned declared = choices.next(8); declared >= 5) {
    options.types["c0"] = static_cast<fallline::ColumnType>(declared - 5);
    options.only_declared = choices.next(2) == 1;
  }
  return options;
}

struct Outcome {
  std::string message;
  Schema schema;
  std::vector<std::string> notes;
  std::vector<Column> columns;
};

Outcome refused(const fallline::Error& error) {
  expects(error.code == fallline::ErrorCode::usage || error.code == fallline::ErrorCode::data, "a refusal is a usage or data error");
  expects(error.message.find('\n') == std::string::npos && fallline::csv::is_utf8(error.message), "a refusal is one line of text");
  return {error.message, {}, {}, {}};
}

Outcome read(const std::vector<std::string>& texts, const CsvOptions& options, std::size_t range_bytes, fallline::ThreadPool& pool) {
  std::vector<fallline::csv::FileText> files;
  for (const std::string& text : texts) {
    files.push_back(fallline::csv::FileText::holding(text, "f" + std::to_string(files.size())));
  }
  const auto source = fallline::csv::make_source(std::move(files), options, range_bytes);
  if (!source) {
    return refused(source.error());
  }
  const Result<Schema> schema = (*source)->scan(pool, {});
  if (!schema) {
    return refused(schema.error());
  }
  Outcome outcome{"", *schema, (*source)->notes(), std::vector<Column>(schema->columns.size())};
  std::vector<std::size_t> all(schema->columns.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  std::uint64_t rows = 0;
  const auto taken = (*source)->read(all, pool, [&](const Chunk& chunk) -> Result<void> {
    expects(chunk.first_row == rows && chunk.columns.size() == all.size(), "chunks follow one another");
    rows += chunk.rows;
    for (const std::size_t i : all) {
      const Column& from = chunk.columns[i];
      expects(from.numbers.size() + from.codes.size() == chunk.rows || options.only_declared, "a column has as many cells as rows");
      outcome.columns[i].numbers.insert(outcome.columns[i].numbers.end(), from.numbers.begin(), from.numbers.end());
      outcome.columns[i].codes.insert(outcome.columns[i].codes.end(), from.codes.begin(), from.codes.end());
    }
    return {};
  });
  expects(taken && rows == schema->rows, "all rows are read");
  return outcome;
}

void check(const Outcome& outcome) {
  for (const std::string& note : outcome.notes) {
    expects(note.find('\n') == std::string::npos && fallline::csv::is_utf8(note), "a note is one line of text");
  }
  for (std::size_t i = 0; i < outcome.columns.size(); ++i) {
    const std::vector<std::string>& levels = outcome.schema.levels[i];
    expects(std::is_sorted(levels.begin(), levels.end()), "levels are sorted");
    expects(std::all_of(levels.begin(), levels.end(), fallline::csv::is_utf8), "levels are UTF-8");
    for (const double x : outcome.columns[i].numbers) {
      expects(!std::isinf(x), "no number is infinite");
    }
    for (const std::int32_t code : outcome.columns[i].codes) {
      expects(code >= -1 && code < static_cast<std::int32_t>(levels.size()), "codes lie among the levels");
    }
  }
}

void expect_same(const Outcome& a, const Outcome& b) {
  expects(a.message == b.message && a.notes == b.notes, "the ranges show in no sentence");
  expects(a.schema.levels == b.schema.levels && a.schema.rows == b.schema.rows, "the ranges show in no schema");
  for (std::size_t i = 0; i < a.columns.size(); ++i) {
    const auto same = [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); };
    expects(a.columns[i].codes == b.columns[i].codes && std::equal(a.columns[i].numbers.begin(), a.columns[i].numbers.end(),
                                                                   b.columns[i].numbers.begin(), b.columns[i].numbers.end(), same),
            "the ranges show in no cell");
  }
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* /*count*/, char*** /*words*/) {
  __sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fallline::ThreadPool one(1);
  static fallline::ThreadPool two(2);
  Choices choices{{reinterpret_cast<const char*>(data), size}};
  const CsvOptions options = options_from(choices);
  const std::size_t range_bytes = 1 + choices.next(64);
  std::vector<std::string> texts = {std::string(choices.bytes)};
  if (choices.next(8) == 7) {  // the second file begins behind a form feed
    const std::size_t cut = std::min(choices.bytes.find('\f'), choices.bytes.size());
    texts = {std::string(choices.bytes.substr(0, cut)), std::string(choices.bytes.substr(std::min(cut + 1, choices.bytes.size())))};
  }
  const std::int64_t before = live;
  most = before;
  const Outcome whole = read(texts, options, fallline::csv::default_range_bytes, one);
  constexpr std::int64_t start = 1 << 16;
  constexpr std::int64_t multiple = 2500;  // a byte may be a column without a name, of which the scan keeps type, sums and tallies
  if (most - before > start + multiple * static_cast<std::int64_t>(size)) {
    std::fprintf(stderr, "%lld bytes for %zu\n", static_cast<long long>(most - before), size);
    expects(false, "memory is a small multiple of the input");
  }
  check(whole);
  expect_same(whole, read(texts, options, range_bytes, two));
  return 0;
}
