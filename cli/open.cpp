// SPDX-License-Identifier: Apache-2.0
#include "cli/open.hpp"

#include <fmt/format.h>
#include <glob.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <utility>

#include "fallline/base/file.hpp"
#include "fallline/base/text.hpp"

namespace fallline::cli {

namespace {

/// Known by name, read by none of this version's readers.
constexpr std::array other_formats{".gz", ".zst", ".parquet", ".arrow", ".feather", ".npy", "-ubyte"};

bool exists(const std::string& path) {
  struct stat info{};
  return ::stat(path.c_str(), &info) == 0;
}

/// The files of a pattern in the order of their names, where the shell did not look for them.
Result<std::vector<std::string>> expand(const std::string& pattern) {
  if (exists(pattern) || pattern.find_first_of("*?[") == std::string::npos) {
    return std::vector{pattern};
  }
  glob_t found{};
  const int fault = ::glob(pattern.c_str(), 0, nullptr, &found);
  std::vector<std::string> paths(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  if (fault != 0 || paths.empty()) {
    return data_error(fmt::format("No file has a name like {}.", fallline::quoted(pattern)));
  }
  return paths;
}

/// csv, tsv or libsvm, by the name or as the user says.
Result<std::string> format_of(const std::string& path, const DataRequest& request) {
  const auto ends = [&](const char* with) { return path.ends_with(with); };
  if (!request.format.empty()) {
    return request.format;
  }
  if (ends(".csv") || ends(".txt")) {
    return std::string("csv");
  }
  if (ends(".tsv")) {
    return std::string("tsv");
  }
  if (ends(".svm") || ends(".libsvm")) {
    return std::string("libsvm");
  }
  if (std::any_of(other_formats.begin(), other_formats.end(), ends)) {
    return data_error(fmt::format(
        "{}: this version reads CSV, TSV and LIBSVM only. Convert the file, or pass its rows through stdin: ... | fallline train -", path));
  }
  return data_error(fmt::format("{}: the name does not tell the format (.csv, .txt, .tsv, .svm). Pass --format csv, tsv or libsvm.", path));
}

Result<void> check_file(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) == 0) {
    return S_ISDIR(info.st_mode)
               ? Result<void>(data_error(fmt::format("{} is a directory, not a file; name the files in it: {}/*.csv", path, path)))
               : Result<void>();
  }
  const int fault = errno;
  const auto folder = std::filesystem::path(path).parent_path();
  std::vector<std::string> beside;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder.empty() ? "." : folder, ignored)) {
    beside.push_back(entry.path().filename().string());
  }
  return data_error(fmt::format("{} cannot be opened: {}.{}", path, std::strerror(fault),
                                did_you_mean(std::filesystem::path(path).filename().string(), beside)));
}

bool is_regular(const std::string& path) {
  struct stat info{};
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode);
}

/// A text that was read whole, in the format asked for.
Result<std::unique_ptr<Source>> open_text(std::string text, const std::string& name, const std::string& format, const DataRequest& request,
                                          const CsvOptions& csv) {
  return format == "libsvm" ? libsvm_from_text(std::move(text), name, request.libsvm) : csv_from_text(std::move(text), name, csv);
}

Result<std::unique_ptr<Source>> open_stdin(const DataRequest& request) {
  std::string text{std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
  return open_text(std::move(text), "stdin", request.format, request, request.csv);
}

Result<std::vector<std::string>> files_of(const DataRequest& request) {
  std::vector<std::string> files;
  for (const std::string& asked : request.paths) {
    if (asked == "-") {
      return usage_error("- (stdin) stands alone; pass either it or files.");
    }
    const Result<std::vector<std::string>> paths = expand(asked);
    if (!paths) {
      return paths.error();
    }
    files.insert(files.end(), paths->begin(), paths->end());
  }
  for (const std::string& file : files) {
    if (const auto well = check_file(file); !well) {
      return well.error();
    }
  }
  return files;
}

/// The one format of all files.
Result<std::string> common_format(const std::vector<std::string>& files, const DataRequest& request) {
  std::string format;
  for (const std::string& file : files) {
    const Result<std::string> its = format_of(file, request);
    if (!its) {
      return its.error();
    }
    if (!format.empty() && format != *its) {
      return data_error(
          fmt::format("{} is {} and {} is {}; files that are read as one are of one format.", files.front(), format, file, *its));
    }
    format = *its;
  }
  return format;
}

}  // namespace

Result<std::unique_ptr<Source>> open_data(const DataRequest& request) {
  CsvOptions options = request.csv;
  if (request.paths == std::vector<std::string>{"-"}) {
    return open_stdin(request);
  }
  const Result<std::vector<std::string>> files = files_of(request);
  if (!files) {
    return files.error();
  }
  const Result<std::string> format = common_format(*files, request);
  if (!format) {
    return format.error();
  }
  if (*format == "tsv" && !request.delimiter_given) {
    options.delimiter = '\t';
  }
  if (files->size() == 1 && !is_regular(files->front())) {  // a pipe can be read once only
    Result<std::string> text = read_file(files->front());
    return text ? open_text(std::move(*text), files->front(), *format, request, options) : text.error();
  }
  if (*format == "libsvm") {
    return open_libsvm(*files, request.libsvm);
  }
  return open_csv(*files, std::move(options));
}

}  // namespace fallline::cli
