// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>

#include "cli/json.hpp"
#include "cli/train_result.hpp"
#include "fallline/base/file.hpp"
#include "fallline/base/numbers.hpp"

namespace fallline::cli {

namespace {

/// Empty where not measured.
std::string cell(double value) { return std::isnan(value) ? std::string() : shortest(value); }

std::string history_csv(const Run& run) {
  std::string out = "epoch,step,rows_seen,learning_rate,train_loss,objective,gradient_norm,update_norm,validation_loss,validation_metric\n";
  for (const EpochRecord& epoch : run.history) {
    out += fmt::format("{},{},{},{},{},{},{},{},{},{}\n", epoch.last.epoch, epoch.last.step, epoch.last.rows_seen,
                       cell(epoch.last.learning_rate), cell(epoch.train_loss), cell(epoch.objective), cell(epoch.last.gradient_norm),
                       cell(epoch.last.update_norm), cell(epoch.validation_loss), cell(epoch.validation_metric));
  }
  return out;
}

void add_events(std::string& out, std::string_view kind, const std::vector<std::string>& messages) {
  for (const std::string& message : messages) {
    JsonObject event;
    event.add("step", 0).add("kind", kind);
    if (kind == "warning") {
      event.add("severity", "warning");
    }
    out += event.add("message", message).text() + "\n";
  }
}

std::string events_jsonl(const TrainResult& result) {
  std::string out;
  add_events(out, "note", result.notes);
  add_events(out, "choice", result.run.choices);
  add_events(out, "warning", result.warnings);
  JsonObject evidence;
  for (const auto& [name, value] : result.run.evidence) {
    evidence.add(name, value);
  }
  JsonObject end;
  end.add("step", result.run.steps).add("kind", "outcome").add("id", outcome_name(result.run.outcome)).add("message", result.run.why);
  return out + end.raw("evidence", evidence.text()).text() + "\n";
}

std::string timings_json(const TrainResult& result) {
  return JsonObject().add("read", result.read_seconds).add("train", result.train_seconds).add("total", result.total_seconds).lines();
}

}  // namespace

Result<void> write_run_directory(const TrainResult& result, const TrainRequest& request, const std::string& model_bytes) {
  struct File {
    const char* name;
    std::string bytes;
  };
  std::vector<File> files = {{"events.jsonl", events_jsonl(result)}, {"timings.json", timings_json(result)}};
  if (!result.progressive) {  // else it was written as the run went
    files.push_back({"history.csv", history_csv(result.run)});
  }
  if (!model_bytes.empty()) {
    files.push_back({"model.onnx", model_bytes});
  }
  for (const File& file : files) {
    if (auto written = write_file_whole(request.run + "/" + file.name, file.bytes); !written) {
      return written;
    }
  }
  return {};
}

}  // namespace fallline::cli
