#include "binding/environment/loop_spin.h"

#include <utility>

namespace isolet {
namespace {

// An answer from a thread that is awake takes a tenth of this.
constexpr int64_t kSpin = 100 * 1000;

}  // namespace

struct LoopSpin::Handles {
  uv_prepare_t prepare;
  uv_idle_t idle;  // active: the poll that follows does not sleep
  LoopSpin* self;
  int open = 2;

  static void Closed(uv_handle_t* handle) {
    auto* handles = static_cast<Handles*>(handle->data);
    if (--handles->open == 0) delete handles;
  }
};

void LoopSpin::Open(uv_loop_t* loop) {
  if (!Spinner::Possible()) return;
  handles_ = new Handles{{}, {}, this};
  uv_prepare_init(loop, &handles_->prepare);  // Neither can fail.
  uv_idle_init(loop, &handles_->idle);
  handles_->prepare.data = handles_;
  handles_->idle.data = handles_;
  uv_unref(reinterpret_cast<uv_handle_t*>(&handles_->prepare));
  uv_unref(reinterpret_cast<uv_handle_t*>(&handles_->idle));
}

void LoopSpin::Close() {
  Handles* handles = std::exchange(handles_, nullptr);
  if (handles == nullptr) return;
  handles->self = nullptr;
  uv_close(reinterpret_cast<uv_handle_t*>(&handles->prepare), Handles::Closed);
  uv_close(reinterpret_cast<uv_handle_t*>(&handles->idle), Handles::Closed);
}

void LoopSpin::Expect(bool something) {
  if (handles_ == nullptr) return;
  if (!something) {
    uv_prepare_stop(&handles_->prepare);
    uv_idle_stop(&handles_->idle);
    return;
  }
  uv_prepare_start(&handles_->prepare, [](uv_prepare_t* prepare) {
    LoopSpin* self = static_cast<Handles*>(prepare->data)->self;
    if (self != nullptr) self->BeforePoll();
  });
}

void LoopSpin::BeforePoll() {
  uv_idle_stop(&handles_->idle);
  // Something else is ready.
  if (uv_backend_timeout(handles_->prepare.loop) == 0) return;
  if (!spinner_.Pays()) return;
  Spinner::Result result = inbox_.Await(kSpin);
  spinner_.Learn(result);
  if (!Spinner::Came(result)) return;
  uv_loop_t* loop = handles_->prepare.loop;
  deliver_(data_);
  // libuv computes how long it may sleep from the time before this.
  uv_update_time(loop);
  // What was delivered may have ended the environment, or been the last there was to wait for. And what has come in
  // again has woken the loop already.
  if (handles_ == nullptr || !uv_is_active(reinterpret_cast<uv_handle_t*>(&handles_->prepare))) return;
  if (inbox_.empty()) uv_idle_start(&handles_->idle, [](uv_idle_t*) {});
}

}  // namespace isolet
