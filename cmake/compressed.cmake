# fallline_compressed: .gz and .zst, by zlib and libzstd.
find_package(ZLIB REQUIRED)
find_path(ZSTD_INCLUDE_DIR zstd.h REQUIRED)
find_library(ZSTD_LIBRARY zstd REQUIRED)
add_library(fallline_compressed STATIC "${PROJECT_SOURCE_DIR}/fallline/data/compressed/compressed.cpp")
target_include_directories(fallline_compressed SYSTEM PRIVATE "${ZSTD_INCLUDE_DIR}")
target_link_libraries(fallline_compressed PUBLIC fallline_base ZLIB::ZLIB "${ZSTD_LIBRARY}")
target_compile_options(fallline_compressed PRIVATE -fno-exceptions)
