// Lines of a guest's console that its host has not read: bounded in number and bytes, what comes beyond is dropped and
// counted. Any thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "calls/allowance.h"
#include "calls/guest_event.h"

namespace isolet {

class ConsoleLines {
 public:
  ConsoleLines() = default;
  ConsoleLines(const ConsoleLines&) = delete;
  ConsoleLines& operator=(const ConsoleLines&) = delete;

  // False: dropped, `line` stays with the caller; null: there was one, and it is lost. `news`: the host has to be told.
  bool Queue(ConsoleLine* line, bool* news) {
    std::lock_guard<std::mutex> lock(mutex_);
    const size_t bytes = line == nullptr ? 0 : line->arguments.ByteSize();
    if (line == nullptr || !unread_.Take(bytes)) {
      *news = Drop(1);
      return false;
    }
    items_.emplace_back(std::move(*line));
    any_.store(true, std::memory_order_release);
    *news = true;
    return true;
  }
  // So many more were dropped before they came here. True: the host has to be told.
  bool NoteDropped(uint64_t lines) {
    std::lock_guard<std::mutex> lock(mutex_);
    return Drop(lines);
  }

  // The next one; sees at least what was queued before an answer that the caller has.
  std::optional<ConsoleItem> Next() {
    if (!any_.load(std::memory_order_acquire)) return std::nullopt;
    std::lock_guard<std::mutex> lock(mutex_);
    if (items_.empty()) return std::nullopt;
    ConsoleItem item = std::move(items_.front());
    items_.pop_front();
    any_.store(!items_.empty(), std::memory_order_release);
    if (auto* line = std::get_if<ConsoleLine>(&item)) {
      unread_.GiveBack(line->arguments.ByteSize());
    } else {
      std::get<ConsoleDropped>(item).lines = std::exchange(dropped_, 0);
    }
    return item;
  }

  // What a guest may have written that the host has not read yet.
  static constexpr size_t kMaxLines = 1024;
  static constexpr size_t kMaxBytes = 1024 * 1024;

 private:
  bool Drop(uint64_t lines) {
    const bool first = dropped_ == 0;
    dropped_ += lines;
    if (first) items_.emplace_back(ConsoleDropped{});
    any_.store(true, std::memory_order_release);
    return first;
  }

  std::atomic<bool> any_{false};  // items_ has some; written under mutex_

  std::mutex mutex_;  // guards the rest; leaf lock
  std::deque<ConsoleItem> items_;
  Allowance unread_{kMaxLines, kMaxBytes};
  uint64_t dropped_ = 0;  // since the last notice; a notice is the last item then
};

}  // namespace isolet
