// Objects of the web's interfaces, see made.h.
#include "value/encoder.h"

namespace isolet::value {

bool Encoder::WriteMade(const Made& made, v8::Local<v8::Object> error) {
  const uint64_t count = made.parts.size() + (error.IsEmpty() ? 0 : 1);
  if (!Charge(MadeCost(made.kind, made.parts)) || !WriteTagged(Tag::kMade, static_cast<uint64_t>(made.kind)) ||
      !WriteVarint(count)) {
    return false;
  }
  making_.push_back(seen_.count() - 1);
  Step step(this, PathNode::Kind::kNamed);
  bool written = true;
  for (size_t i = 0; written && i < made.parts.size(); i++) {
    step.node.name = PartName(made.kind, i);
    written = WriteValue(made.parts[i]);
  }
  if (written && !error.IsEmpty()) {
    path_ = step.node.parent;  // what hangs on the error hangs on the object
    seen_.Skip();
    v8::TryCatch catcher(isolate_);
    catcher.SetCaptureMessage(false);
    written = WriteErrorBody(error, &catcher);
  }
  making_.pop_back();
  return written;
}

}  // namespace isolet::value
