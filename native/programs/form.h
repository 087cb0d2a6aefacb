// From what a program is made of to the program. Any thread.
#pragma once

#include <memory>

#include "calls/program.h"
#include "calls/program_form.h"

namespace isolet {

// Null: there is none of that form.
std::unique_ptr<Program> MakeProgram(ProgramForm form);

}  // namespace isolet
