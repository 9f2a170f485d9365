// SPDX-License-Identifier: Apache-2.0
#include "cli/open_format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "cli/open.hpp"
#include "fallline/base/text.hpp"
#include "fallline/data/array/source.hpp"
#include "fallline/data/arrow/library.hpp"
#include "fallline/data/compressed/compressed.hpp"
#include "fallline/data/csv/source.hpp"
#include "fallline/data/idx/idx.hpp"
#include "fallline/data/libsvm/source.hpp"
#include "fallline/data/npy/npy.hpp"

namespace fallline::cli {

namespace {

using Opened = Result<std::unique_ptr<Source>>;
using Files = std::vector<csv::FileText>;

CsvOptions csv_options(const DataRequest& request) {
  CsvOptions options = request.csv;
  options.memory = request.memory;
  return options;
}

Opened open_csv_files(Files files, const DataRequest& request) { return csv::make_source(std::move(files), csv_options(request)); }

Opened open_tsv_files(Files files, const DataRequest& request) {
  CsvOptions options = csv_options(request);
  if (!request.delimiter_given) {
    options.delimiter = '\t';
  }
  return csv::make_source(std::move(files), std::move(options));
}

Opened open_libsvm_files(Files files, const DataRequest& request) {
  LibsvmOptions options = request.libsvm;
  options.memory = request.memory;
  return libsvm::make_source(std::move(files), options);
}

template <ArrowFormat format>
Opened open_arrow_files(Files files, const DataRequest& request) {
  const CsvOptions& csv = request.csv;
  return open_arrow(std::move(files), format, {csv.types, csv.missing, csv.only_declared, request.only, request.ignore, request.memory});
}

template <Result<ArrayFile> (*read)(csv::FileText)>
Opened open_arrays(Files files, const DataRequest& request) {
  std::vector<ArrayFile> arrays;
  for (csv::FileText& file : files) {
    Result<ArrayFile> array = read(std::move(file));
    if (!array) {
      return array.error();
    }
    arrays.push_back(std::move(*array));
  }
  if (request.labels.empty()) {
    return array_source(std::move(arrays), std::nullopt, request.memory);
  }
  Result<csv::FileText> text = open_text(request.labels, request.memory);
  if (!text) {
    return text.error();
  }
  Result<ArrayFile> labels = text->bytes().starts_with(npy_magic) ? read_npy(std::move(*text)) : read_idx(std::move(*text));
  return labels ? array_source(std::move(arrays), std::move(*labels), request.memory) : labels.error();
}

/// How files of a kind begin and, where the beginning alone could be a text's, how they end. format: its name in the table, if it is read.
struct Signature {
  std::string_view begins;
  std::string_view ends;
  std::string_view said;
  std::string_view format;
  std::string_view advice;
};

constexpr std::string_view export_as_csv = "Save its table as CSV or Parquet.";
constexpr std::string_view unpack_first = "Unpack it first.";

constexpr std::array signatures{
    Signature{"PAR1", "PAR1", "a Parquet file", "parquet", ""},
    Signature{{"ARROW1\0\0", 8}, "", "an Arrow file", "arrow", ""},
    Signature{"\xFF\xFF\xFF\xFF", "", "an Arrow stream", "arrow", ""},
    Signature{npy_magic, "", "a .npy file", "npy", ""},
    Signature{"FEA1", "FEA1", "a Feather file of version 1", "", "Save it anew as version 2."},
    Signature{"\x1F\x8B", "", "packed with gzip", "", "Let its name end in .gz, or unpack it."},
    Signature{"\x28\xB5\x2F\xFD", "", "packed with Zstandard", "", "Let its name end in .zst, or unpack it."},
    Signature{"BZh", "", "packed with bzip2", "", unpack_first},
    Signature{{"\xFD\x37zXZ\0", 6}, "", "packed with xz", "", unpack_first},
    Signature{"7z\xBC\xAF\x27\x1C", "", "a 7z archive", "", unpack_first},
    Signature{"PK\x03\x04", "", "a ZIP archive, or an Excel (.xlsx) or .npz file, which are ones", "",
              "Unpack it, or save its table as CSV."},
    Signature{"\xD0\xCF\x11\xE0", "", "an old Excel (.xls) or Word file", "", export_as_csv},
    Signature{{"SQLite format 3\0", 16}, "", "an SQLite database", "", export_as_csv},
    Signature{"%PDF-", "", "a PDF", "", export_as_csv},
    Signature{"\x89HDF", "", "an HDF5 file", "", export_as_csv},
    Signature{"Obj\x01", "", "an Avro file", "", export_as_csv},
    Signature{"\x80\x04\x95", "", "a Python pickle", "", export_as_csv},
};

}  // namespace

const std::vector<Format>& formats() {
  static const std::vector<Format> all{
      {"csv", "a CSV file", {".csv", ".txt"}, true, false, open_csv_files},
      {"tsv", "a TSV file", {".tsv"}, true, false, open_tsv_files},
      {"libsvm", "a LIBSVM file", {".svm", ".libsvm"}, true, false, open_libsvm_files},
      {"parquet", "a Parquet file", {".parquet", ".pq"}, false, false, open_arrow_files<ArrowFormat::parquet>},
      {"arrow", "an Arrow or Feather file", {".arrow", ".arrows", ".feather", ".ipc"}, false, false, open_arrow_files<ArrowFormat::ipc>},
      {"npy", "a .npy file", {".npy"}, true, true, open_arrays<read_npy>},
      {"idx", "an IDX file", {"-ubyte", "-byte", "-short", "-int", "-float", "-double", ".idx"}, true, true, open_arrays<read_idx>},
  };
  return all;
}

std::string format_names() {
  std::vector<std::string> names;
  for (const Format& format : formats()) {
    names.emplace_back(format.name);
  }
  return join(names, "|");
}

const Format* format_named(std::string_view name) {
  const auto at = std::find_if(formats().begin(), formats().end(), [&](const Format& format) { return format.name == name; });
  return at == formats().end() ? nullptr : &*at;
}

const Format* format_of_name(std::string_view path) {
  const std::string_view inner = unpacked_name(path);
  const auto means = [&](const Format& format) {
    return std::any_of(format.endings.begin(), format.endings.end(), [&](std::string_view ending) { return inner.ends_with(ending); });
  };
  const auto at = std::find_if(formats().begin(), formats().end(), means);
  return at == formats().end() ? nullptr : &*at;
}

Result<void> check_bytes(const csv::FileText& file, const Format& format, std::string_view why) {
  const std::string_view bytes = file.bytes();
  if (bytes.empty()) {
    return data_error(fmt::format("{} is empty: it holds no rows.", file.name()));
  }
  const auto fits = [&](const Signature& each) { return bytes.starts_with(each.begins) && bytes.ends_with(each.ends); };
  const auto known = std::find_if(signatures.begin(), signatures.end(), fits);
  if (known == signatures.end() || known->format == format.name) {
    return {};
  }
  const std::string advice =
      known->format.empty() ? std::string(known->advice) : fmt::format("Rename it, or pass --format {}.", known->format);
  return data_error(fmt::format("{} is {}, not {} as {}. {}", file.name(), known->said, format.said, why, advice));
}

}  // namespace fallline::cli
