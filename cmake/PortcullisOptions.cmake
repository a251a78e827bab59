# The one target that carries language level, warnings, hardening and sanitizers. Everything of ours
# links it; nothing else sets flags.
option(PORTCULLIS_WERROR "Warnings are errors" ON)
option(PORTCULLIS_LTO "Link-time optimisation" OFF)
option(PORTCULLIS_BENCH "Build the benchmarks" ON)
option(PORTCULLIS_FUZZ "Build the libFuzzer targets (clang)" OFF)
set(PORTCULLIS_SANITIZE "" CACHE STRING "Sanitizers, e.g. address,undefined or thread")
# simdjson's On-Demand picks its kernel at compile time: only an -march with AVX2 and PCLMUL gives a
# SIMD one (x86-64-v2 and x86-64-v3 do not). feeds/binance refuses to build scalar.
set(PORTCULLIS_MARCH "haswell" CACHE STRING "Value of -march")

add_library(portcullis_options INTERFACE)
target_compile_features(portcullis_options INTERFACE cxx_std_23)
target_compile_options(portcullis_options INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:
  -march=${PORTCULLIS_MARCH}
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wcast-align -Wcast-qual -Wnon-virtual-dtor -Woverloaded-virtual
  -Wdouble-promotion -Wfloat-equal -Wformat=2 -Wimplicit-fallthrough -Wswitch-enum -Wundef -Wvla
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wduplicated-branches -Wlogical-op>
  $<$<CXX_COMPILER_ID:Clang>:-Wnull-dereference -Wthread-safety -Wunreachable-code -Wheader-hygiene>
  $<$<BOOL:${PORTCULLIS_WERROR}>:-Werror>
  -fno-omit-frame-pointer -fstack-protector-strong -fcf-protection>)
target_link_options(portcullis_options INTERFACE -Wl,-z,relro,-z,now)
# Line tables are what perf and a stack trace need; whole debug info is for the debug preset.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

if(PORTCULLIS_SANITIZE)
  target_compile_options(portcullis_options INTERFACE
    -fsanitize=${PORTCULLIS_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(portcullis_options INTERFACE -fsanitize=${PORTCULLIS_SANITIZE})
  if(PORTCULLIS_SANITIZE MATCHES thread AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # Asio has fences that TSan cannot follow; ours has none (core/seqlock.hpp).
    target_compile_options(portcullis_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-tsan>)
  endif()
  # The sanitizers own malloc; the allocation guard (core/no_alloc.cpp) stands aside.
  target_compile_definitions(portcullis_options INTERFACE PORTCULLIS_SANITIZED)
elseif(CMAKE_BUILD_TYPE MATCHES "RelWithDebInfo|Release")
  target_compile_definitions(portcullis_options INTERFACE _FORTIFY_SOURCE=2)
endif()

if(PORTCULLIS_FUZZ)
  # Every source, so that the fuzzer is led through what it calls and not through its own few lines.
  target_compile_options(portcullis_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

if(PORTCULLIS_LTO)
  set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
endif()

find_program(PORTCULLIS_CCACHE ccache)
if(PORTCULLIS_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${PORTCULLIS_CCACHE})
endif()
