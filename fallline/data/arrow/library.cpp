// SPDX-License-Identifier: Apache-2.0
// Kept thin: libarrow turns files into C streams and back, everything else happens on the other side of them. Its headers cost seconds of
// compiling.
#include "fallline/data/arrow/module.hpp"

#include <arrow/buffer.h>
#include <arrow/c/bridge.h>
#include <arrow/io/interfaces.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/reader.h>
#include <arrow/ipc/writer.h>
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/util/thread_pool.h>
#include <fmt/format.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>

#include <exception>
#include <functional>
#include <optional>
#include <utility>

#include "fallline/base/text.hpp"

namespace fallline {

namespace {

using Watch = ArrowModule::Watch;

constexpr std::int64_t rows_at_a_time = 65536;

/// A header may ask for any amount of memory; what a file of its size can rightly hold is granted.
constexpr std::int64_t pool_at_least = std::int64_t{1} << 30U;
constexpr std::int64_t pool_per_byte = 1024;

Error fault_of(const std::string& name, std::string_view why) {
  return data_error(fmt::format("{} cannot be read; it is cut off, corrupt or of another format: {}", name, printable(why.substr(0, 300))));
}

Error fault_of(const std::string& name, const arrow::Status& status) {
  return status.IsOutOfMemory() ? no_room_error(fmt::format("{} asks for more memory than there is: {}", name, printable(status.message())))
                                : fault_of(name, status.message());
}

/// Every batch is checked whole before it leaves: offsets, dictionary indices and texts of a hostile file must not lead anywhere.
class CheckedBatches final : public arrow::RecordBatchReader {
 public:
  using Next = std::function<arrow::Result<std::shared_ptr<arrow::RecordBatch>>()>;

  CheckedBatches(std::shared_ptr<arrow::Schema> schema, Watch watch, Next next)
      : schema_(std::move(schema)), watch_(std::move(watch)), next_(std::move(next)) {}

  std::shared_ptr<arrow::Schema> schema() const override { return schema_; }

  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    try {
      ARROW_ASSIGN_OR_RAISE(*batch, next_());
      if (const Result<void> well = watch_(*batch == nullptr); !well) {
        return arrow::Status::Invalid(well.error().message);
      }
      return *batch ? (*batch)->ValidateFull() : arrow::Status::OK();
    } catch (const std::exception& fault) {
      return arrow::Status::Invalid(fault.what());
    }
  }

 private:
  std::shared_ptr<arrow::Schema> schema_;
  Watch watch_;
  Next next_;
};

using Batches = arrow::Result<std::shared_ptr<arrow::RecordBatchReader>>;

/// The bytes stay where they are; the buffer keeps their owner alive.
class MappedBuffer final : public arrow::Buffer {
 public:
  explicit MappedBuffer(csv::FileText file) : arrow::Buffer(file.bytes()), file_(std::move(file)) {}

 private:
  csv::FileText file_;
};

/// What a stream needs as long as it is read.
struct Opened {
  Watch watch;
  std::shared_ptr<arrow::Buffer> bytes;
  arrow::CappedMemoryPool pool;
  std::unique_ptr<parquet::arrow::FileReader> parquet;
  std::shared_ptr<arrow::RecordBatchReader> batches;
  std::shared_ptr<arrow::ipc::RecordBatchFileReader> ipc_file;
  int next = 0;

  Opened(csv::FileText file, Watch told)
      : watch(std::move(told)),
        bytes(std::make_shared<MappedBuffer>(std::move(file))),
        pool(arrow::system_memory_pool(),  // libarrow's own allocator keeps what is given back
             arrow::system_memory_pool()->bytes_allocated() + pool_at_least + pool_per_byte * bytes->size()) {}
};

Batches open_parquet(const std::shared_ptr<Opened>& opened, std::size_t threads) {
  parquet::arrow::FileReaderBuilder builder;
  ARROW_RETURN_NOT_OK(builder.Open(std::make_shared<arrow::io::BufferReader>(opened->bytes), parquet::ReaderProperties(&opened->pool)));
  parquet::ArrowReaderProperties properties(threads > 1);
  properties.set_batch_size(rows_at_a_time);
  properties.set_pre_buffer(false);
  builder.memory_pool(&opened->pool)->properties(properties);
  ARROW_RETURN_NOT_OK(builder.Build(&opened->parquet));
  ARROW_ASSIGN_OR_RAISE(opened->batches, opened->parquet->GetRecordBatchReader());
  const auto next = [opened] { return opened->batches->Next(); };
  return std::make_shared<CheckedBatches>(opened->batches->schema(), opened->watch, next);
}

Batches open_ipc(const std::shared_ptr<Opened>& opened, std::size_t threads) {
  arrow::ipc::IpcReadOptions options = arrow::ipc::IpcReadOptions::Defaults();
  options.memory_pool = &opened->pool;
  options.use_threads = threads > 1;
  auto bytes = std::make_shared<arrow::io::BufferReader>(opened->bytes);
  const std::string_view text(*opened->bytes);
  if (text.starts_with("ARROW1")) {
    ARROW_ASSIGN_OR_RAISE(opened->ipc_file, arrow::ipc::RecordBatchFileReader::Open(bytes, options));
    const auto next = [opened]() -> arrow::Result<std::shared_ptr<arrow::RecordBatch>> {
      if (opened->next == opened->ipc_file->num_record_batches()) {
        return std::shared_ptr<arrow::RecordBatch>();
      }
      return opened->ipc_file->ReadRecordBatch(opened->next++);
    };
    return std::make_shared<CheckedBatches>(opened->ipc_file->schema(), opened->watch, next);
  }
  constexpr std::string_view end_of_stream("\xFF\xFF\xFF\xFF\0\0\0\0", 8);
  if (!text.ends_with(end_of_stream)) {  // without it a stream that is cut between two batches looks like a whole one
    return arrow::Status::Invalid("it does not close with the end-of-stream mark");
  }
  ARROW_ASSIGN_OR_RAISE(opened->batches, arrow::ipc::RecordBatchStreamReader::Open(bytes, options));
  const auto next = [opened] { return opened->batches->Next(); };
  return std::make_shared<CheckedBatches>(opened->batches->schema(), opened->watch, next);
}

Result<void> open_one(const csv::FileText& file, Watch watch, ArrowFormat format, std::size_t threads, ArrowArrayStream* stream) {
  try {
    const auto opened = std::make_shared<Opened>(file, std::move(watch));
    const Batches batches = format == ArrowFormat::parquet ? open_parquet(opened, threads) : open_ipc(opened, threads);
    if (!batches.ok()) {
      return fault_of(file.name(), batches.status());
    }
    if (const arrow::Status exported = arrow::ExportRecordBatchReader(*batches, stream); !exported.ok()) {
      return fault_of(file.name(), exported);
    }
    return {};
  } catch (const std::exception& fault) {
    return fault_of(file.name(), fault.what());
  }
}

/// Hands the bytes on; what goes wrong there is kept, for its own words say more than a status.
class Handed final : public arrow::io::OutputStream {
 public:
  explicit Handed(TakeBytes out) : out_(std::move(out)) {}

  using arrow::io::OutputStream::Write;
  arrow::Status Write(const void* data, std::int64_t bytes) override {
    const Result<void> taken = out_({static_cast<const char*>(data), static_cast<std::size_t>(bytes)});
    if (!taken) {
      fault = taken.error();
      return arrow::Status::IOError(taken.error().message);
    }
    at_ += bytes;
    return arrow::Status::OK();
  }
  arrow::Status Close() override {
    closed_ = true;
    return arrow::Status::OK();
  }
  bool closed() const override { return closed_; }
  arrow::Result<std::int64_t> Tell() const override { return at_; }

  std::optional<Error> fault;

 private:
  TakeBytes out_;
  std::int64_t at_ = 0;
  bool closed_ = false;
};

class LibraryWriter final : public ArrowWriter {
 public:
  LibraryWriter(ArrowFormat format, TakeBytes out) : format_(format), out_(std::make_shared<Handed>(std::move(out))) {}

  Result<void> append(ArrowSchema* schema, ArrowArray* rows) override {
    return guarded([&]() -> arrow::Status {
      ARROW_ASSIGN_OR_RAISE(const auto batch, arrow::ImportRecordBatch(rows, schema));
      ARROW_RETURN_NOT_OK(open(batch->schema()));
      if (parquet_) {
        ARROW_ASSIGN_OR_RAISE(const auto table, arrow::Table::FromRecordBatches({batch}));
        return parquet_->WriteTable(*table, rows_at_a_time * 16);
      }
      for (std::int64_t row = 0; row < batch->num_rows(); row += rows_at_a_time) {
        ARROW_RETURN_NOT_OK(ipc_->WriteRecordBatch(*batch->Slice(row, rows_at_a_time)));
      }
      return arrow::Status::OK();
    });
  }

  Result<void> finish() override {
    return guarded([&] { return parquet_ ? parquet_->Close() : ipc_->Close(); });
  }

 private:
  arrow::Status open(const std::shared_ptr<arrow::Schema>& schema) {
    if (parquet_ || ipc_) {
      return arrow::Status::OK();
    }
    if (format_ == ArrowFormat::ipc) {
      ARROW_ASSIGN_OR_RAISE(ipc_, arrow::ipc::MakeFileWriter(out_, schema));
      return arrow::Status::OK();
    }
    const auto properties = parquet::WriterProperties::Builder().compression(parquet::Compression::SNAPPY)->build();
    ARROW_ASSIGN_OR_RAISE(parquet_, parquet::arrow::FileWriter::Open(*schema, arrow::default_memory_pool(), out_, properties));
    return arrow::Status::OK();
  }

  template <class Work>
  Result<void> guarded(const Work& work) {
    std::string why;
    try {
      const arrow::Status done = work();
      if (done.ok()) {
        return {};
      }
      why = done.message();
    } catch (const std::exception& thrown) {
      why = thrown.what();
    }
    return out_->fault ? *out_->fault : no_room_error(fmt::format("The table cannot be written: {}", why));
  }

  ArrowFormat format_;
  std::shared_ptr<Handed> out_;
  std::unique_ptr<parquet::arrow::FileWriter> parquet_;
  std::shared_ptr<arrow::ipc::RecordBatchWriter> ipc_;
};

std::unique_ptr<ArrowWriter> make_writer(ArrowFormat format, TakeBytes out) {
  return std::make_unique<LibraryWriter>(format, std::move(out));
}

}  // namespace

}  // namespace fallline

extern "C" [[gnu::visibility("default")]] const fallline::ArrowModule* fallline_arrow_module() {
  static constexpr fallline::ArrowModule module{fallline::open_one, fallline::make_writer};
  return &module;
}
