// SPDX-License-Identifier: Apache-2.0
#include "tools/generate/parquet.hpp"

#include <arrow/builder.h>
#include <arrow/io/interfaces.h>
#include <arrow/memory_pool.h>
#include <arrow/table.h>
#include <fmt/format.h>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>

#include <exception>
#include <memory>
#include <utility>

#include "tools/generate/text.hpp"

namespace generate {

namespace {

constexpr std::int64_t rows_in_a_group = 65536;

/// Stdout, which may be a pipe: libarrow's own stream for descriptors asks the system where it stands.
class StandardOut final : public arrow::io::OutputStream {
 public:
  arrow::Status Write(const void* data, std::int64_t size) override {
    put({static_cast<const char*>(data), static_cast<std::size_t>(size)});
    at_ += size;
    return arrow::Status::OK();
  }
  arrow::Result<std::int64_t> Tell() const override { return at_; }
  arrow::Status Close() override {
    closed_ = true;
    return arrow::Status::OK();
  }
  bool closed() const override { return closed_; }

 private:
  std::int64_t at_ = 0;
  bool closed_ = false;
};

/// Rows until they are a group.
class Columns {
 public:
  explicit Columns(const Table& table)
      : numbers_(table.options().of("numbers")), texts_(table.options().of("texts")), regression_(table.options().regression) {
    for (const std::string& name : table.number_names()) {
      fields_.push_back(arrow::field(name, arrow::float64()));
    }
    for (const std::string& name : table.text_names()) {
      fields_.push_back(arrow::field(name, arrow::utf8()));
    }
    fields_.push_back(arrow::field("y", regression_ ? arrow::float64() : arrow::int64()));
  }

  std::shared_ptr<arrow::Schema> schema() const { return arrow::schema(fields_); }
  std::int64_t rows() const { return class_.length() + target_.length(); }

  arrow::Status append(const Row& row) {
    // Divided and not multiplied, so that each is the double nearest to the decimals of the CSV.
    for (std::size_t j = 0; j < numbers_.size(); ++j) {
      ARROW_RETURN_NOT_OK(numbers_[j].Append(static_cast<double>(row.numbers[j]) / 1e4));
    }
    for (std::size_t j = 0; j < texts_.size(); ++j) {
      ARROW_RETURN_NOT_OK(texts_[j].Append(Table::word(row.words[j])));
    }
    return regression_ ? target_.Append(static_cast<double>(row.target) / 1e4) : class_.Append(row.target);
  }

  /// The rows that came since the group before.
  arrow::Result<std::shared_ptr<arrow::Table>> group() {
    const std::int64_t count = rows();
    arrow::ArrayVector arrays;
    const auto finish = [&](auto& builder) -> arrow::Status { return builder.Finish(&arrays.emplace_back()); };
    for (arrow::DoubleBuilder& builder : numbers_) {
      ARROW_RETURN_NOT_OK(finish(builder));
    }
    for (arrow::StringBuilder& builder : texts_) {
      ARROW_RETURN_NOT_OK(finish(builder));
    }
    ARROW_RETURN_NOT_OK(regression_ ? finish(target_) : finish(class_));
    return arrow::Table::Make(schema(), arrays, count);
  }

 private:
  std::vector<arrow::DoubleBuilder> numbers_;
  std::vector<arrow::StringBuilder> texts_;
  bool regression_;
  arrow::DoubleBuilder target_;
  arrow::Int64Builder class_;
  arrow::FieldVector fields_;
};

arrow::Status write(const Table& table) {
  Columns columns(table);
  const auto properties = parquet::WriterProperties::Builder().compression(parquet::Compression::SNAPPY)->build();
  ARROW_ASSIGN_OR_RAISE(const auto file, parquet::arrow::FileWriter::Open(*columns.schema(), arrow::default_memory_pool(),
                                                                          std::make_shared<StandardOut>(), properties));
  const auto flush = [&]() -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(const auto group, columns.group());
    return file->WriteTable(*group, rows_in_a_group);
  };
  arrow::Status well;
  table.each([&](const Row& row) {
    well = well.ok() ? columns.append(row) : well;
    if (well.ok() && columns.rows() == rows_in_a_group) {
      well = flush();
    }
  });
  ARROW_RETURN_NOT_OK(well);
  if (columns.rows() > 0) {
    ARROW_RETURN_NOT_OK(flush());
  }
  return file->Close();
}

}  // namespace

fallline::Result<void> write_parquet(const Table& table) {
  std::string fault;
  try {
    const arrow::Status status = write(table);
    fault = status.ok() ? "" : status.message();
  } catch (const std::exception& thrown) {
    fault = thrown.what();
  }
  return fault.empty() ? fallline::Result<void>() : fallline::no_room_error(fmt::format("The table cannot be written: {}.", fault));
}

}  // namespace generate
