// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/arrow/table.hpp"

#include <deque>
#include <memory>
#include <utility>

#include "fallline/base/expects.hpp"

namespace fallline {

namespace {

/// What an exported schema points into.
struct SchemaParts {
  std::deque<std::string> names;
  std::deque<ArrowSchema> columns;
  std::vector<ArrowSchema*> children;
};

/// What an exported array points into.
struct ArrayParts {
  struct Part {
    ArrowArray array{};
    ArrowColumn column;
    std::vector<std::int64_t> offsets;
    std::string text;
    std::vector<const void*> buffers;
  };
  std::deque<Part> columns;
  std::vector<ArrowArray*> children;
  const void* no_buffer = nullptr;
};

/// A child is part of its parent, which frees it; released by itself it is only marked so, as the interface asks.
template <class Struct>
void release_child(Struct* child) {
  child->release = nullptr;
}

template <class Struct, class Parts>
void release_table(Struct* table) {
  for (std::int64_t i = 0; i < table->n_children; ++i) {
    if (table->children[i]->release != nullptr) {
      table->children[i]->release(table->children[i]);
    }
  }
  delete static_cast<Parts*>(table->private_data);
  table->release = nullptr;
}

const char* format_of(const ArrowColumn& column) {
  constexpr const char* formats[] = {"g", "f", "l", "U"};
  return formats[column.cells.index()];
}

std::size_t length_of(const ArrowColumn& column) {
  return std::visit([](const auto& cells) { return cells.size(); }, column.cells);
}

void lay_out(ArrayParts::Part& part) {
  if (const auto* texts = std::get_if<std::vector<std::string>>(&part.column.cells)) {
    part.offsets.push_back(0);
    for (const std::string& text : *texts) {
      part.text += text;
      part.offsets.push_back(static_cast<std::int64_t>(part.text.size()));
    }
    part.buffers = {nullptr, part.offsets.data(), part.text.data()};
  } else {
    const auto data = [](const auto& cells) { return static_cast<const void*>(cells.data()); };
    part.buffers = {nullptr, std::visit(data, part.column.cells)};
  }
  part.array.length = static_cast<std::int64_t>(length_of(part.column));
  part.array.n_buffers = static_cast<std::int64_t>(part.buffers.size());
  part.array.buffers = part.buffers.data();
  part.array.release = release_child<ArrowArray>;
}

}  // namespace

void export_table(std::vector<ArrowColumn> columns, ArrowSchema* schema, ArrowArray* rows) {
  expects(!columns.empty(), "a table has a column");
  auto names = std::make_unique<SchemaParts>();
  auto arrays = std::make_unique<ArrayParts>();
  const std::size_t length = length_of(columns.front());
  for (ArrowColumn& column : columns) {
    expects(length_of(column) == length, "columns of a table are equally long");
    ArrowSchema child{};
    child.format = format_of(column);
    child.name = names->names.emplace_back(column.name).c_str();
    child.release = release_child<ArrowSchema>;
    names->children.push_back(&names->columns.emplace_back(child));
    ArrayParts::Part& part = arrays->columns.emplace_back();
    part.column = std::move(column);
    lay_out(part);
    arrays->children.push_back(&part.array);
  }
  *schema = {};
  schema->format = "+s";
  schema->name = "";
  schema->n_children = static_cast<std::int64_t>(names->children.size());
  schema->children = names->children.data();
  schema->release = release_table<ArrowSchema, SchemaParts>;
  schema->private_data = names.release();
  *rows = {};
  rows->length = static_cast<std::int64_t>(length);
  rows->n_buffers = 1;
  rows->buffers = &arrays->no_buffer;
  rows->n_children = static_cast<std::int64_t>(arrays->children.size());
  rows->children = arrays->children.data();
  rows->release = release_table<ArrowArray, ArrayParts>;
  rows->private_data = arrays.release();
}

}  // namespace fallline
