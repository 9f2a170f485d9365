// SPDX-License-Identifier: Apache-2.0
// Loads the module that is linked to libarrow, once and never before it is needed.
#include "fallline/data/arrow/library.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <utility>

#include "fallline/data/arrow/module.hpp"

namespace fallline {

namespace {

Result<const ArrowModule*> load() {
  void* const module = ::dlopen(FALLLINE_ARROW_MODULE, RTLD_NOW | RTLD_LOCAL);  // looked for where the program's run path says
  void* const entry = module != nullptr ? ::dlsym(module, arrow_module_entry) : nullptr;
  if (entry == nullptr) {
    return usage_error(
        fmt::format("Parquet and Arrow files are read and written by {}, which cannot be loaded: {}. Install the program together with it, "
                    "and see that the pyarrow that it was built with is still there; or convert the file to CSV.",
                    FALLLINE_ARROW_MODULE, ::dlerror()));
  }
  return reinterpret_cast<ArrowModuleEntry>(entry)();
}

const Result<const ArrowModule*>& module() {
  static const Result<const ArrowModule*> loaded = load();
  return loaded;
}

}  // namespace

Result<void> arrow_is_built() { return module() ? Result<void>() : module().error(); }

Result<std::unique_ptr<Source>> open_arrow(std::vector<csv::FileText> files, ArrowFormat format, ArrowOptions options) {
  if (!module()) {
    return module().error();
  }
  std::vector<std::string> names;
  for (const csv::FileText& file : files) {
    names.push_back(file.name());
  }
  const auto open = [files = std::move(files), format](std::size_t i, std::size_t threads, ArrowArrayStream* stream) {
    const auto watch = [file = files[i]](bool over) {
      file.let_go(file.bytes());  // what the next batch needs of them comes back from the system's cache
      return over ? file.unchanged() : Result<void>();
    };
    return (*module())->open(files[i], watch, format, threads, stream);
  };
  return arrow_source(std::move(names), open, std::move(options));
}

std::unique_ptr<ArrowWriter> arrow_writer(ArrowFormat format, TakeBytes out) {
  return module() ? (*module())->writer(format, std::move(out)) : std::make_unique<NoArrowWriter>(module().error());
}

}  // namespace fallline
