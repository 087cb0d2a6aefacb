// What a thread has to write while it does one piece of work, as the tasks of one turn: written together at the end.
// Whoever writes may do so earlier, and must if nobody else would see to it in a long piece of work.
//
// The thread that made it, and no other. The innermost counts.
#pragma once

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace isolet {

class Burst {
 public:
  class Writer {
   public:
    virtual ~Writer() = default;
    virtual void WriteNow() = 0;
  };

  // `many`: more than one thing will be written, so the first waits too.
  explicit Burst(bool many) : many_(many), outer_(std::exchange(here_, this)) {}
  ~Burst() {
    here_ = outer_;
    for (const std::shared_ptr<Writer>& writer : writers_) writer->WriteNow();
  }
  Burst(const Burst&) = delete;
  Burst& operator=(const Burst&) = delete;

  // Null: what the calling thread writes goes out at once.
  static Burst* Here() { return here_; }

  // Whether what `writer` is about to write may wait for the end. `trifle`: nobody is to be woken for it alone.
  bool Waits(const std::shared_ptr<Writer>& writer, bool trifle) {
    const bool known = std::ranges::find(writers_, writer) != writers_.end();
    if (!known) writers_.push_back(writer);
    return known || many_ || trifle;
  }

 private:
  static inline thread_local Burst* here_ = nullptr;

  const bool many_;
  Burst* const outer_;
  std::vector<std::shared_ptr<Writer>> writers_;
};

}  // namespace isolet
