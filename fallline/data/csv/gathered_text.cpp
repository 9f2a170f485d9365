// SPDX-License-Identifier: Apache-2.0
#include "fallline/data/csv/gathered_text.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace fallline::csv {

/// The text in memory, with the share of the run's memory that it gives back at its end.
struct GatheredText::Held {
  explicit Held(Memory* memory) : share(memory) {}

  MemoryShare share;
  std::string text;
};

GatheredText::GatheredText(Memory* memory) : memory_(memory), held_(std::make_shared<Held>(memory)) {}

/// Whether there is memory for a text of this size, and for about three times as much that its columns take.
bool GatheredText::stays(std::size_t size) {
  constexpr std::uint64_t with_columns = 4;
  if (size <= held_->text.capacity()) {
    return true;
  }
  const std::uint64_t wanted = std::max<std::uint64_t>(size, 2 * held_->text.capacity());
  if (!memory_->has_room(with_columns * wanted) || !held_->share.take(wanted)) {
    return false;
  }
  held_->text.reserve(static_cast<std::size_t>(wanted));
  held_->share.give(held_->share.taken() - wanted);  // of the room before
  return true;
}

Result<void> GatheredText::move_to_file() {
  auto file = ScratchFile::create(*memory_);
  if (!file) {
    return file.error();
  }
  file_ = std::move(*file);
  const auto all = (*file_).append(std::as_bytes(std::span(held_->text)));
  held_ = std::make_shared<Held>(memory_);
  return all ? Result<void>() : all.error();
}

Result<void> GatheredText::append(std::string_view piece) {
  if (memory_ != nullptr && !file_ && !stays(held_->text.size() + piece.size())) {
    if (const Result<void> moved = move_to_file(); !moved) {
      return moved;
    }
  }
  if (!file_) {
    held_->text += piece;
    return {};
  }
  const auto at = file_->append(std::as_bytes(std::span(piece)));
  return at ? Result<void>() : at.error();
}

Result<FileText> GatheredText::finish(std::string name) {
  if (!file_) {
    return FileText::over(held_->text, held_, false, std::move(name));
  }
  auto pages = file_->map();
  if (!pages) {
    return pages.error();
  }
  const std::string_view bytes(static_cast<const char*>(pages->get()), static_cast<std::size_t>(file_->size()));
  return FileText::over(bytes, std::move(*pages), true, std::move(name));
}

}  // namespace fallline::csv
