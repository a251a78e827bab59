#pragma once

namespace portcullis {

// The program is compiled for a CPU with AVX2, BMI2, FMA, LZCNT, MOVBE and PCLMUL, because the JSON
// parser picks its kernel at compile time. A constructor that runs before any other code of ours
// says what is missing and exits with 71 (EX_OSERR) instead of dying of an illegal instruction.
//
// Returns the names required, space separated; calling it is what links the check into a program.
[[nodiscard]] const char* cpu_requirements() noexcept;

}  // namespace portcullis
