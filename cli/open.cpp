// SPDX-License-Identifier: Apache-2.0
#include "cli/open.hpp"

#include <fmt/format.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "cli/open_format.hpp"
#include "fallline/base/file.hpp"
#include "fallline/base/text.hpp"
#include "fallline/data/compressed/compressed.hpp"
#include "fallline/data/csv/gathered_text.hpp"

namespace fallline::cli {

namespace {

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

/// The format asked for, else the one that the name means.
Result<const Format*> format_of(const std::string& path, const DataRequest& request) {
  if (!request.format.empty()) {
    const Format* named = format_named(request.format);
    expects(named != nullptr, "--format is checked when it is read");
    return named;
  }
  const Format* meant = format_of_name(path);
  if (meant == nullptr) {
    return data_error(fmt::format("{}: the name does not tell the format. Pass --format {}.", path, format_names()));
  }
  return meant;
}

/// The one format of all files.
Result<const Format*> common_format(const std::vector<std::string>& files, const DataRequest& request) {
  const Format* common = nullptr;
  for (const std::string& file : files) {
    const Result<const Format*> its = format_of(file, request);
    if (!its) {
      return its;
    }
    if (common != nullptr && common != *its) {
      return data_error(fmt::format("{} is {} and {} is {}; files that are read as one are of one format.", files.front(), common->said,
                                    file, (*its)->said));
    }
    if (compression_of(file) != Compression::none && !(*its)->packed) {
      return data_error(fmt::format("{}: {} is packed inside already and is not read through .gz or .zst. Unpack it.", file, (*its)->said));
    }
    common = *its;
  }
  return common;
}

/// The source, once no file is seen to be something else than `why` tells.
Result<std::unique_ptr<Source>> open_files(std::vector<csv::FileText> files, const Format& format, std::string_view why,
                                           const DataRequest& request) {
  for (const csv::FileText& file : files) {
    if (const Result<void> well = check_bytes(file, format, why); !well) {
      return well.error();
    }
  }
  if (!request.labels.empty() && !format.labels) {
    return usage_error(fmt::format("--labels goes with .npy and IDX files only; {} is {}, whose labels are a column of its own (--target).",
                                   files.front().name(), format.said));
  }
  return format.open(std::move(files), request);
}

/// Stdin can be read once only, and the readers look twice: it is kept. Without --format it is CSV.
Result<std::unique_ptr<Source>> open_stdin(const DataRequest& request) {
  csv::GatheredText text(request.memory);
  const Result<void> read = read_pieces(STDIN_FILENO, "stdin", [&](std::string_view piece) { return text.append(piece); });
  Result<csv::FileText> file = read ? text.finish("stdin") : read.error();
  if (!file) {
    return file.error();
  }
  const bool told = !request.format.empty();
  const Format* format = format_named(told ? request.format : "csv");
  expects(format != nullptr, "--format is checked when it is read");
  return open_files({std::move(*file)}, *format, told ? "--format says" : "is taken without --format", request);
}

}  // namespace

Result<csv::FileText> open_text(const std::string& path, Memory* memory) {
  Result<csv::FileText> file = csv::FileText::open(path, memory);
  const Compression how = compression_of(path);
  if (!file || how == Compression::none) {
    return file;
  }
  csv::GatheredText text(memory);
  const auto take = [&](std::string_view piece, std::size_t read) {
    file->let_go(file->bytes().substr(0, read));
    return text.append(piece);
  };
  const std::uint64_t window = memory != nullptr ? std::min(widest_window, memory->limit() / 2) : widest_window;
  Result<void> well = unpack(file->bytes(), how, path, take, window);
  if (const Result<void> same = file->unchanged(); !same) {
    well = same;
  }
  return well ? text.finish(path) : well.error();
}

Result<std::unique_ptr<Source>> open_data(const DataRequest& request) {
  if (request.paths == std::vector<std::string>{"-"}) {
    return open_stdin(request);
  }
  const Result<std::vector<std::string>> paths = files_of(request);
  if (!paths) {
    return paths.error();
  }
  const Result<const Format*> format = common_format(*paths, request);
  if (!format) {
    return format.error();
  }
  std::vector<csv::FileText> files;
  for (const std::string& path : *paths) {
    Result<csv::FileText> file = open_text(path, request.memory);
    if (!file) {
      return file.error();
    }
    files.push_back(std::move(*file));
  }
  return open_files(std::move(files), **format, request.format.empty() ? "its name says" : "--format says", request);
}

}  // namespace fallline::cli
