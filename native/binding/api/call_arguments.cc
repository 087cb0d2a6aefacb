#include "binding/api/call_arguments.h"

#include <string>

namespace isolet {

std::optional<value::Message> EncodeArguments(RuntimeCore& core, v8::Local<v8::Value> receiver, value::Values* values,
                                              std::vector<v8::Local<v8::ArrayBuffer>> moved) {
  // Last, so that the path of an argument has its own index.
  values->push_back(receiver);
  auto left = core.crossing().LeaveList(values->data(), values->size(), "arguments", std::move(moved));
  if (auto* message = std::get_if<value::Message>(&left)) return std::move(*message);
  auto& failure = std::get<value::Failure>(left);
  std::string receiver_path = "arguments[" + std::to_string(values->size() - 1) + "]";
  if (failure.path.starts_with(receiver_path)) failure.path.replace(0, receiver_path.size(), "thisArg");
  if (failure.kind != value::Failure::Kind::kThrew) (void)core.ValueOf(std::move(failure)).IsEmpty();
  return std::nullopt;
}

}  // namespace isolet
