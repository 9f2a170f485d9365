// SPDX-License-Identifier: Apache-2.0
// All that can be asked for by name, gathered from the rooms below in one form.
#pragma once

#include <string>
#include <vector>

#include "fallline/base/field.hpp"

namespace fallline::cli {

/// text: for a person, where that differs from the JSON.
struct About {
  std::string name;
  std::string json;
  std::string text = {};
};

/// What every list tells of an entry; about: what is its own, in the order told.
struct Entry {
  std::string name;
  std::string summary;
  std::string cites;
  std::vector<About> about;
  std::vector<FieldValue> fields;
};

struct List {
  std::string name;
  std::vector<Entry> entries;
};

/// optimizers, schedules, losses, activations, landscapes, models.
std::vector<List> all_lists();

}  // namespace fallline::cli
