#include "programs/form.h"

#include <utility>

#include "programs/module_programs.h"
#include "programs/programs.h"
#include "programs/wrapped_script.h"

namespace isolet {
namespace {

struct Maker {
  using Made = std::unique_ptr<Program>;

  Made operator()(std::monostate&) const { return nullptr; }
  Made operator()(ScriptForm& form) const {
    const auto value = form.keeps_value ? ScriptProgram::Value::kKept : ScriptProgram::Value::kDropped;
    return std::make_unique<ScriptProgram>(std::move(form.source), value, form.keep);
  }
  Made operator()(KeepCodeForm& form) const {
    return std::make_unique<KeepCodeProgram>(std::move(form.source), form.module);
  }
  Made operator()(AddLateForm&) const { return std::make_unique<AddLateProgram>(); }
  Made operator()(CallForm& form) const {
    return std::make_unique<CallProgram>(form.function_id, std::move(form.values));
  }
  Made operator()(PlainCallForm& form) const { return std::make_unique<CallProgram>(form.function_id, form.arguments); }
  Made operator()(WrappedScriptForm& form) const {
    return std::make_unique<WrappedScriptProgram>(form.wrapper_id, std::move(form.values),
                                                  std::move(form.script.source));
  }
  Made operator()(SetGlobalForm& form) const {
    return std::make_unique<SetGlobalProgram>(std::move(form.name), std::move(form.value), form.awaited);
  }
  Made operator()(DeleteGlobalForm& form) const { return std::make_unique<DeleteGlobalProgram>(std::move(form.name)); }
  Made operator()(EvalModuleForm& form) const {
    return std::make_unique<EvalModuleProgram>(form.call_id, std::move(form.specifier), std::move(form.waits));
  }
  Made operator()(EvalModuleAsyncForm& form) const {
    return std::make_unique<EvalModuleAsyncProgram>(form.call_id, std::move(form.specifier));
  }
};

}  // namespace

std::unique_ptr<Program> MakeProgram(ProgramForm form) { return std::visit(Maker(), form); }

}  // namespace isolet
