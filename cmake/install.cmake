# install and find_package(fallline). Two targets, each one archive:
#   fallline::optim     rules, methods, minimize. Needs nothing but the C++ library and threads: fmt is compiled in, and of the loops over
#                       coordinates the one for the baseline instruction set is there.
#   fallline::fallline  everything, compiled as for the program itself; needs fmt, which find_package(fallline) looks for, and loads
#                       OpenBLAS as it runs.
# A program links one of the two.
include(CMakePackageConfigHelpers)

file(GLOB_RECURSE small CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/fallline/base/*.cpp" "${PROJECT_SOURCE_DIR}/fallline/optim/*.cpp")
list(FILTER small EXCLUDE REGEX "_test\\.cpp$|/onnx[a-z_]*\\.cpp$")
add_library(fallline_embed STATIC ${small} "${PROJECT_SOURCE_DIR}/fallline/math/thread_pool.cpp")
set_target_properties(fallline_embed PROPERTIES EXPORT_NAME optim OUTPUT_NAME fallline_optim_embed)
target_compile_options(fallline_embed PRIVATE -fno-exceptions)
target_compile_definitions(fallline_embed PRIVATE FMT_HEADER_ONLY HWY_COMPILE_ONLY_STATIC)
target_link_libraries(fallline_embed PUBLIC Threads::Threads)
foreach(library fmt::fmt FastFloat::fast_float hwy::hwy)
  target_include_directories(fallline_embed SYSTEM PRIVATE "$<TARGET_PROPERTY:${library},INTERFACE_INCLUDE_DIRECTORIES>")
endforeach()

set(objects "")
foreach(room base math optim model data train)
  list(APPEND objects "$<TARGET_OBJECTS:fallline_${room}>")
endforeach()
add_library(fallline_all STATIC ${objects})
set_target_properties(fallline_all PROPERTIES EXPORT_NAME fallline OUTPUT_NAME fallline LINKER_LANGUAGE CXX)
target_link_libraries(fallline_all PUBLIC fmt::fmt Threads::Threads ${CMAKE_DL_LIBS})

foreach(library fallline_embed fallline_all)
  target_include_directories(${library} PUBLIC "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>"
    "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
  target_compile_features(${library} PUBLIC cxx_std_20)
endforeach()
add_library(fallline::optim ALIAS fallline_embed)
add_library(fallline::fallline ALIAS fallline_all)

set(package "${CMAKE_INSTALL_LIBDIR}/cmake/fallline")
install(TARGETS fallline COMPONENT program)
if(TARGET fallline_arrow_module)
  install(TARGETS fallline_arrow_module LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}/fallline" COMPONENT program)
endif()
install(TARGETS fallline_embed EXPORT fallline-optim COMPONENT library)
install(TARGETS fallline_all EXPORT fallline-all COMPONENT library)
foreach(export fallline-optim fallline-all)
  install(EXPORT ${export} NAMESPACE fallline:: DESTINATION "${package}" COMPONENT library)
endforeach()
install(DIRECTORY "${PROJECT_SOURCE_DIR}/fallline" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT library
  FILES_MATCHING PATTERN "*.hpp" PATTERN "testing*" EXCLUDE PATTERN "data/compressed" EXCLUDE PATTERN "arrow/library.hpp" EXCLUDE
  PATTERN "arrow/module.hpp" EXCLUDE)
configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/fallline-config.cmake.in" "${PROJECT_BINARY_DIR}/fallline-config.cmake"
  INSTALL_DESTINATION "${package}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/fallline-config-version.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/fallline-config.cmake" "${PROJECT_BINARY_DIR}/fallline-config-version.cmake" DESTINATION "${package}"
  COMPONENT library)
