// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv.hpp"

#include <utility>

#include "fallline/data/csv/source.hpp"

namespace fallline {

Result<std::unique_ptr<Source>> open_csv(std::vector<std::string> paths, CsvOptions options) {
  Result<std::vector<csv::FileText>> files = csv::open_all(paths, options.memory);
  return files ? csv::make_source(std::move(*files), std::move(options)) : files.error();
}

Result<std::unique_ptr<Source>> csv_from_text(std::string text, std::string name, CsvOptions options) {
  std::vector<csv::FileText> files;
  files.push_back(csv::FileText::holding(std::move(text), std::move(name)));
  return csv::make_source(std::move(files), std::move(options));
}

}  // namespace fallline
