// SPDX-License-Identifier: Apache-2.0
// golden_replay FILE [--float]: steps every record of a golden file with Fallline's own rules and compares the parameters at its marks.
// A record's options are handed to the public tables of fields, whatever the rule; what they do not know is a failed record. Schedules of
// the file are replayed too. The last line is "N passed, M failed".
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fallline/base/file.hpp"
#include "fallline/base/numbers.hpp"
#include "fallline/optim/minimize.hpp"
#include "fallline/optim/optimizer.hpp"
#include "fallline/optim/schedule.hpp"

namespace {

using fallline::Result;
using json = nlohmann::json;
using Vector = std::vector<double>;

/// The file's short names; all others are the fields' own.
std::string long_name(const std::string& name) {
  static const std::map<std::string, std::string> names{{"lr", "learning_rate"},      {"eps", "epsilon"},
                                                        {"eps_root", "epsilon_root"}, {"eps_hat", "epsilon_hat"},
                                                        {"clip_eps", "clip_epsilon"}, {"accum", "accumulate"}};
  const auto found = names.find(name);
  return found == names.end() ? name : found->second;
}

std::string text_of(const json& value) {
  if (value.is_array()) {
    std::string list;
    for (const json& item : value) {
      list += (list.empty() ? "" : "/") + text_of(item);
    }
    return list;
  }
  if (value.is_null()) {
    return "0";  // off
  }
  if (value == "decoupled_adapted") {
    return "decoupled";  // a rule that finds its own rate decays by that
  }
  return value.is_string() ? value.get<std::string>() : value.is_number_float() ? fallline::shortest(value.get<double>()) : value.dump();
}

void add_setting(std::string& spec, const std::string& name, const std::string& value) {
  spec += (spec.find(':') == std::string::npos ? ":" : ",") + name + "=" + value;
}

std::string spec_of(const json& record) {
  std::string spec = record.at("rule").get<std::string>();
  for (const auto& [name, value] : record.at("options").items()) {
    if (name == "lr_inv" || (value.is_null() && name == "ema")) {
      continue;
    }
    if (name == "ema") {
      add_setting(spec, "average", "ema");
      add_setting(spec, "average_decay", text_of(value));
    } else {
      add_setting(spec, long_name(name), text_of(value));
    }
  }
  return spec;
}

/// The gradient before step t at theta, in double and in the order of sums that the file's README gives.
Vector gradient_at(const json& problem, const Vector& theta, std::size_t t) {
  const std::string kind = problem.at("kind");
  if (kind == "sequence") {
    return problem.at("grads").at(t - 1).get<Vector>();
  }
  if (kind == "rosenbrock") {
    const double a = problem.at("a");
    const double c = problem.at("c");
    const double x = theta[0];
    const double r = theta[1] - x * x;
    return {-2.0 * (a - x) - 4.0 * c * x * r, 2.0 * c * r};
  }
  const bool is_matrix = kind == "matrix";
  const json& right = problem.at(is_matrix ? "C" : "b");
  const std::size_t rows = right.size();
  const std::size_t cols = is_matrix ? right.at(0).size() : 1;
  Vector out;
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < cols; ++j) {
      double sum = 0;
      for (std::size_t q = 0; q < rows; ++q) {
        sum += problem.at("A").at(i).at(q).get<double>() * theta[q * cols + j];
      }
      out.push_back(sum - (is_matrix ? right.at(i).at(j) : right.at(i)).get<double>());
    }
  }
  return out;
}

/// The exact diagonal of a quadratic's Hessian; empty for other problems.
Vector curvature_of(const json& problem) {
  Vector diagonal;
  if (problem.at("kind") == "quadratic") {
    for (std::size_t i = 0; i < problem.at("A").size(); ++i) {
      diagonal.push_back(problem.at("A").at(i).at(i));
    }
  }
  return diagonal;
}

/// How a record came out: the largest error as a share of what is allowed; above 1, or a reason, is a failure.
struct Verdict {
  std::string name;
  double worst = 0;
  std::string reason;

  bool passed() const { return reason.empty() && worst <= 1; }
};

void compare(Verdict& verdict, std::span<const double> ours, const Vector& golden, const Vector& start, double tolerance) {
  for (std::size_t i = 0; i < golden.size(); ++i) {
    const double error = std::abs(ours[i] - golden[i]);
    const double allowed = tolerance * std::max(std::abs(golden[i]), std::abs(start[i]));
    const double share = error == 0 ? 0 : error / allowed;
    verdict.worst = std::isnan(share) ? std::numeric_limits<double>::infinity() : std::max(verdict.worst, share);
  }
}

template <class T>
Vector widened(const fallline::Parameters<T>& theta) {
  return {theta.values().begin(), theta.values().end()};
}

template <class T>
void fill(fallline::Parameters<T>& values, const Vector& from) {
  std::transform(from.begin(), from.end(), values.values().begin(), [](double x) { return static_cast<T>(x); });
}

/// Steps the record in T. `store_in_float` rounds the parameters to float after each step, whatever T is.
template <class T>
Verdict replay(const json& record, const json& problems, double tolerance, bool store_in_float = false) {
  Verdict verdict{record.at("id"), 0, {}};
  const std::string spec = spec_of(record);
  const auto optimizer = fallline::make_optimizer<T>(spec);
  const auto rate = fallline::default_learning_rate(spec);
  const double fall = record.at("options").value("lr_inv", 0.0);
  const auto schedule = fallline::make_schedule(fmt::format("inverse_time:rate={},every=1", fallline::shortest(fall)), 1);
  if (!optimizer || !rate || !schedule) {
    verdict.reason = !optimizer ? optimizer.error().message : !rate ? rate.error().message : schedule.error().message;
    return verdict;
  }
  const json& problem = problems.at(record.at("problem").get<std::string>());
  const Vector start = record.at("theta0");
  fallline::Parameters<T> theta({{"theta", problem.value("shape", std::vector<std::size_t>{start.size()}), true}});
  fallline::Parameters<T> gradient = theta;
  fallline::Parameters<T> estimate = theta;
  const Vector diagonal = curvature_of(problem);
  fill(theta, start);
  (*optimizer)->start(theta);

  std::size_t last = 0;
  for (const auto& [mark, values] : record.at("theta").items()) {
    last = std::max(last, static_cast<std::size_t>(std::stoul(mark)));
  }
  const json evaluations = record.value("eval", json::object());
  for (std::size_t t = 1; t <= last; ++t) {
    fill(gradient, gradient_at(problem, widened(theta), t));
    if ((*optimizer)->wants_estimate() && !diagonal.empty()) {
      fill(estimate, diagonal);
      (*optimizer)->estimate(estimate);
    }
    if (!(*optimizer)->step(theta, gradient, schedule->rate((*optimizer)->steps(), *rate)).finite) {
      verdict.reason = fmt::format("not finite at step {}", t);
      return verdict;
    }
    if (store_in_float) {
      for (T& x : theta.values()) {
        x = static_cast<T>(static_cast<float>(x));
      }
    }
    const std::string mark = std::to_string(t);
    if (record.at("theta").contains(mark)) {
      compare(verdict, widened(theta), record.at("theta").at(mark), start, tolerance);
    }
    if (evaluations.contains(mark)) {
      compare(verdict, widened((*optimizer)->evaluation(theta)), evaluations.at(mark), start, tolerance);
    }
  }
  return verdict;
}

/// What is another library's L-BFGS without a line search here: `first` and `curvature` (null: every pair is kept) by their own names.
Result<std::string> l_bfgs_spec(const json& options, fallline::ChainOptions& chain) {
  std::string spec = "l-bfgs:line_search=none";
  for (const auto& [name, value] : options.items()) {
    if (name == "curvature") {
      add_setting(spec, value.is_null() ? "keep_all_pairs" : "pair_threshold", value.is_null() ? "true" : text_of(value));
    } else if (name == "first") {
      add_setting(spec, "first_step", text_of(value));
    } else if (name == "lr" || name == "history") {
      add_setting(spec, long_name(name), text_of(value));
    } else if (name != "lr_inv" && !(name == "ema" && value.is_null())) {
      const Result<bool> known = fallline::set_field(chain, long_name(name), text_of(value));
      if (!known || !*known) {
        return fallline::usage_error(known ? "l-bfgs has no option " + name : known.error().message);
      }
    }
  }
  return spec;
}

/// A method asks for the gradients itself; minimize keeps the path.
Verdict replay_l_bfgs(const json& record, const json& problems) {
  Verdict verdict{record.at("id"), 0, {}};
  fallline::MinimizeOptions options{.gradient_tolerance = 0, .keep_path = true};
  const Result<std::string> spec = l_bfgs_spec(record.at("options"), options.chain);
  if (!spec) {
    verdict.reason = spec.error().message;
    return verdict;
  }
  options.optimizer = *spec;
  options.schedule = fmt::format("inverse_time:rate={},every=1", fallline::shortest(record.at("options").value("lr_inv", 0.0)));
  options.steps = 0;
  for (const auto& [mark, values] : record.at("theta").items()) {
    options.steps = std::max<std::int64_t>(options.steps, std::stoll(mark));
  }
  const json& problem = problems.at(record.at("problem").get<std::string>());
  const Vector start = record.at("theta0");
  std::size_t asked = 0;
  const auto objective = [&](std::span<const double> theta, std::span<double> gradient) {
    asked = std::min(asked + 1, static_cast<std::size_t>(options.steps));  // the gradient at the last point leads nowhere
    const Vector g = gradient_at(problem, {theta.begin(), theta.end()}, asked);
    std::copy(g.begin(), g.end(), gradient.begin());
    return 0.0;
  };
  const auto run = fallline::minimize(objective, start, options);
  if (!run) {
    verdict.reason = run.error().message;
    return verdict;
  }
  for (const auto& [mark, values] : record.at("theta").items()) {
    const std::size_t at = std::stoul(mark);
    if (at >= run->path.size()) {
      verdict.reason = fmt::format("ended before step {}: {}", at, run->why);
      return verdict;
    }
    compare(verdict, run->path[at], values, start, record.at("rtol"));
  }
  return verdict;
}

/// The record in T; a method has its parameters in double whatever T is.
template <class T>
Verdict replay_record(const json& record, const json& problems, double tolerance) {
  return record.at("rule") == "lbfgs" ? replay_l_bfgs(record, problems) : replay<T>(record, problems, tolerance);
}

Verdict replay_schedule(const json& record) {
  std::string spec = record.at("schedule").get<std::string>();
  Verdict verdict{fmt::format("{}/schedule/{}", record.at("peer").get<std::string>(), spec), 0, {}};
  for (const auto& [name, value] : record.at("options").items()) {
    if (name != "lr" && !value.is_null()) {
      add_setting(spec, long_name(name), text_of(value));
    }
  }
  const auto schedule = fallline::make_schedule(spec, static_cast<std::int64_t>(record.at("lr").size()));
  if (!schedule) {
    verdict.reason = schedule.error().message;
    return verdict;
  }
  const double base = record.at("options").value("lr", 0.0);
  const Vector golden = record.at("lr");
  Vector ours;
  for (std::size_t k = 0; k < golden.size(); ++k) {
    ours.push_back(schedule->rate(static_cast<std::int64_t>(k), base));
  }
  compare(verdict, ours, golden, Vector(golden.size(), 0.0), record.at("rtol"));
  return verdict;
}

/// What a record is compared with in float: its own tolerance, widened by the growth of rounding.
double float_tolerance(const json& record) {
  return std::max(record.at("rtol").get<double>(), 256 * 0x1p-24 * std::max(1.0, record.value("sens", 1.0)));
}

/// A record that float can say something about: its tolerance means something, and it is not missed already by the rounding of the stored
/// parameters alone, with all arithmetic in double (`sens` does not hold that rounding, which adds up over the steps).
bool fits_float(const json& record, const json& problems, const Verdict& in_float) {
  if (float_tolerance(record) > 0.05) {
    return false;
  }
  return in_float.passed() || !in_float.reason.empty() || replay<double>(record, problems, float_tolerance(record), true).passed();
}

int run(const std::string& path, bool in_float) {
  const Result<std::string> text = fallline::read_file(path);
  const json file = text ? json::parse(*text, nullptr, false) : json();
  if (!file.is_object() || !file.contains("records")) {
    fmt::print(stderr, "{}\n", text ? path + " is not a golden file." : text.error().message);
    return 2;
  }
  std::vector<Verdict> verdicts;
  std::size_t skipped = 0;
  for (const json& record : file.at("records")) {
    const json& problems = file.at("problems");
    Verdict verdict = in_float ? replay_record<float>(record, problems, float_tolerance(record))
                               : replay_record<double>(record, problems, record.at("rtol"));
    if (in_float && !fits_float(record, problems, verdict)) {
      ++skipped;
    } else {
      verdicts.push_back(std::move(verdict));
    }
  }
  for (const json& record : file.value("schedules", json::array())) {
    verdicts.push_back(replay_schedule(record));
  }

  const auto failed = std::count_if(verdicts.begin(), verdicts.end(), [](const Verdict& v) { return !v.passed(); });
  std::sort(verdicts.begin(), verdicts.end(),
            [](const Verdict& a, const Verdict& b) { return a.reason.empty() != b.reason.empty() ? b.reason.empty() : a.worst > b.worst; });
  const std::size_t shown = std::min(verdicts.size(), std::max<std::size_t>(static_cast<std::size_t>(failed), 5));
  for (std::size_t i = 0; i < shown; ++i) {
    const Verdict& v = verdicts[i];
    fmt::print("{} {}: {}\n", v.passed() ? "pass" : "FAIL", v.name,
               v.reason.empty() ? fmt::format("{:.3g} of what is allowed", v.worst) : v.reason);
  }
  if (skipped > 0) {
    fmt::print("{} skipped: they amplify rounding too much for float\n", skipped);
  }
  fmt::print("{} passed, {} failed\n", static_cast<std::ptrdiff_t>(verdicts.size()) - failed, failed);
  return failed == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  std::string path;
  bool in_float = false;
  for (int i = 1; i < count; ++i) {
    const std::string_view argument = arguments[i];
    if (argument == "--float") {
      in_float = true;
    } else {
      path = argument;
    }
  }
  if (path.empty()) {
    fmt::print(stderr, "usage: golden_replay FILE [--float]\n");
    return 2;
  }
  try {
    return run(path, in_float);
  } catch (const std::exception& fault) {
    fmt::print(stderr, "{}: {}\n", path, fault.what());
    return 2;
  }
}
