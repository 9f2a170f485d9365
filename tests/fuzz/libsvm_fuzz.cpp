// SPDX-License-Identifier: Apache-2.0
// Any text is rows or a data error that names the file; rows are well formed, and ranges, threads and a second reading change nothing.
//   clang++-19 -std=c++20 -O1 -g -I. -fsanitize=fuzzer,address,undefined tests/fuzz/libsvm_fuzz.cpp
//     fallline/data/libsvm/{complaints,lines,source}.cpp fallline/data/csv/{file_text,number}.cpp
//     fallline/math/thread_pool.cpp fallline/base/{expects,file,numbers,text}.cpp -lfmt
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "fallline/base/expects.hpp"
#include "fallline/data/libsvm/source.hpp"

namespace {

using namespace fallline;  // NOLINT(google-build-using-namespace)

struct Whole {
  std::string refused;
  Schema schema;
  std::vector<double> labels;
  std::vector<std::uint64_t> lengths;
  std::vector<std::uint32_t> columns;
  std::vector<double> values;
  std::vector<std::string> notes;
};

void append(const Chunk& chunk, Whole& whole) {
  const SparseRows& matrix = chunk.matrix;
  expects(chunk.first_row == whole.labels.size() && chunk.rows > 0, "chunks follow one another");
  expects(matrix.starts.size() == chunk.rows + 1 && matrix.starts.front() == 0, "a chunk has the entries of its rows");
  expects(matrix.starts.back() == matrix.columns.size() && matrix.columns.size() == matrix.values.size(), "rows hold all entries");
  for (std::size_t i = 0; i < chunk.rows; ++i) {
    expects(matrix.starts[i] <= matrix.starts[i + 1] && std::isfinite(chunk.columns[0].numbers[i]), "labels are finite numbers");
    for (std::uint64_t k = matrix.starts[i]; k < matrix.starts[i + 1]; ++k) {
      expects(matrix.columns[k] < whole.schema.matrix && std::isfinite(matrix.values[k]), "entries are finite and within the width");
      expects(k == matrix.starts[i] || matrix.columns[k - 1] < matrix.columns[k], "entries ascend");
    }
    whole.lengths.push_back(matrix.starts[i + 1] - matrix.starts[i]);
  }
  const std::vector<double>& labels = chunk.columns[0].numbers;
  whole.labels.insert(whole.labels.end(), labels.begin(), labels.end());
  whole.columns.insert(whole.columns.end(), matrix.columns.begin(), matrix.columns.end());
  whole.values.insert(whole.values.end(), matrix.values.begin(), matrix.values.end());
}

Whole read(const std::string& text, LibsvmOptions options, std::size_t range_bytes) {
  Whole whole;
  std::vector<csv::FileText> files;
  files.push_back(csv::FileText::holding(text, "t.svm"));
  auto source = libsvm::make_source(std::move(files), options, range_bytes);
  ThreadPool pool(1);
  auto schema = source ? (*source)->scan(pool, {}) : Result<Schema>(source.error());
  if (!schema) {
    expects(schema.error().code == ErrorCode::data && schema.error().message.starts_with("t.svm"), "a refusal names the file");
    whole.refused = schema.error().message;
    return whole;
  }
  whole.schema = *schema;
  whole.notes = (*source)->notes();
  const std::size_t label = 0;
  const auto well = (*source)->read(std::span(&label, 1), pool, [&](const Chunk& chunk) -> Result<void> {
    append(chunk, whole);
    return {};
  });
  expects(well && whole.labels.size() == whole.schema.rows, "all rows are read");
  return whole;
}

bool same(const Whole& a, const Whole& b) {
  return a.refused == b.refused && a.schema.matrix == b.schema.matrix && a.schema.matrix_first == b.schema.matrix_first &&
         a.labels == b.labels && a.lengths == b.lengths && a.columns == b.columns && a.values == b.values && a.notes == b.notes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const unsigned choice = data[0];
  LibsvmOptions options;
  if ((choice & 1U) != 0) {
    options.zero_based = (choice & 2U) != 0;
  }
  if ((choice & 4U) != 0) {
    options.width = 1 + (choice >> 4U);
  }
  expects(same(read(text, options, libsvm::default_range_bytes), read(text, options, 1 + (choice >> 3U))), "ranges change nothing");
  return 0;
}
