// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/libsvm/complaints.hpp"

#include <fmt/format.h>

#include "fallline/base/text.hpp"

namespace fallline::libsvm {

namespace {

/// "FILE:LINE:CHARACTER", all counted from 1. A carriage return ends no line of this format.
std::string place(const csv::FileText& file, const char* at) {
  std::size_t line = 1 + file.lines_before();
  const char* begin = file.bytes().data();
  for (const char* c = begin; c < at; ++c) {
    if (*c == '\n') {
      ++line;
      begin = c + 1;
    }
  }
  return fmt::format("{}:{}:{}", file.name(), line, at - begin + 1);
}

std::string what_is_wrong(FaultKind kind, std::string_view token, std::uint32_t before) {
  const std::string_view index = token.substr(0, token.find(':'));
  const std::string_view value = token.substr(std::min(token.size(), index.size() + 1));
  switch (kind) {
    case FaultKind::none:
      break;
    case FaultKind::no_label:
      return fmt::format("the line begins with {} where its label belongs. Put the label first; where it is not known, write 0.",
                         quoted(token));
    case FaultKind::several_labels:
      return fmt::format("{} names several labels, and one a row is learnt. Keep one, or make a file for each class with labels 1 and 0.",
                         quoted(token));
    case FaultKind::bad_label:
      return fmt::format("the label {} is not a number. A line is LABEL INDEX:VALUE INDEX:VALUE ...", quoted(token));
    case FaultKind::bad_entry:
      return fmt::format("{} is not INDEX:VALUE, such as 7:0.5.", quoted(token));
    case FaultKind::bad_index:
      return fmt::format("the index {} of {} is not a whole number up to {}.", quoted(index), quoted(token), largest_index);
    case FaultKind::bad_value:
      return fmt::format("the value {} of {} is not a number.", quoted(value), quoted(token));
    case FaultKind::not_finite:
      return fmt::format("{} is not a finite number. Give a number there, or leave the entry out if it is 0.", quoted(token));
    case FaultKind::too_large:
      return fmt::format("{} is larger than any double.", quoted(token));
    case FaultKind::repeated:
      return fmt::format("index {} stands twice in the line, here with {}. Each index has one value a line.", before, quoted(token));
    case FaultKind::descending:
      return fmt::format("index {} comes after index {}. The indices of a line ascend.", quoted(index), before);
    case FaultKind::index_zero:
      return fmt::format("{} has the index 0, but the features are numbered from 1, as in training.", quoted(token));
    case FaultKind::bad_query:
      return fmt::format("{} is not qid: and a whole number.", quoted(token));
    case FaultKind::lone_return:
      return "a carriage return stands inside the line. End lines with a line feed, or both.";
    case FaultKind::changed:
      return "the file was written to while it was read. Read it again once nobody writes to it.";
  }
  return "";
}

}  // namespace

Error line_fault(const csv::FileText& file, const Fault& fault) {
  const std::string_view bytes = file.bytes();
  const std::string_view token = token_at(fault.at, bytes.data() + bytes.size());
  return data_error(fmt::format("{}: {}", place(file, fault.at), what_is_wrong(fault.kind, token, fault.before)));
}

}  // namespace fallline::libsvm
