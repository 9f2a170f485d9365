option(FALLLINE_TESTS "Build the tests" ON)
option(FALLLINE_FUZZ "Build the fuzz harnesses of tests/fuzz (clang, the preset asan)" OFF)
option(FALLLINE_BLAS "Dense products by BLAS (OpenBLAS); plain loops without it" ON)
set(FALLLINE_SANITIZE "" CACHE STRING "Sanitizers for every target, e.g. address,undefined")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(arrow_module_folder "${CMAKE_BINARY_DIR}/lib")
set(CMAKE_BUILD_RPATH "${arrow_module_folder}")
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O3 -DNDEBUG")

find_program(FALLLINE_CCACHE ccache)
if(FALLLINE_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${FALLLINE_CCACHE}")
endif()

# No contraction: a*b+c is one rounding only where the code says so, and the same everywhere. No errno from sqrt and no floating-point traps, so loops vectorise; NaN and infinity keep their meaning.
add_compile_options(-Wall -Wextra -Wpedantic -Wconversion -Werror -ffp-contract=off -fno-math-errno -fno-trapping-math)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-Wno-restrict -Wno-stringop-overflow)  # g++ 12 sees faults in its own std::string and in fmt
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_compile_options(-Wno-deprecated-declarations)  # libstdc++ 12 deprecates what its own stable_sort calls
endif()
if(FALLLINE_SANITIZE)
  add_compile_options(-fsanitize=${FALLLINE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${FALLLINE_SANITIZE})
endif()
