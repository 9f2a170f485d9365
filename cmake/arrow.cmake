# fallline_arrow: Parquet and Arrow files through the libarrow that lies inside the pyarrow package; without it a stub that says how to get it.
# What is linked to libarrow is a module of its own, which programs load from their run path when they need it.
#   FALLLINE_ARROW   AUTO: where a Python has pyarrow; ON: it must be there; OFF
#   FALLLINE_PYTHON  the Python to ask; without it .venv/bin/python, then the one that CMake finds
set(FALLLINE_ARROW AUTO CACHE STRING "Read Parquet and Arrow files: AUTO, ON or OFF")
set(FALLLINE_PYTHON "" CACHE FILEPATH "A Python that has pyarrow")

set(arrow_folder "${PROJECT_SOURCE_DIR}/fallline/data/arrow")
set(pyarrow "")
if(FALLLINE_ARROW)
  set(python "${FALLLINE_PYTHON}")
  if(NOT python AND EXISTS "${PROJECT_SOURCE_DIR}/.venv/bin/python")
    set(python "${PROJECT_SOURCE_DIR}/.venv/bin/python")
  endif()
  if(NOT python)
    find_package(Python3 3.10 QUIET COMPONENTS Interpreter)
    set(python "${Python3_EXECUTABLE}")
  endif()
  # Where it lies is asked without importing it, which would take longer than all of the rest.
  execute_process(COMMAND "${python}" -c "if True:
    import importlib.metadata, importlib.util, os
    folder = os.path.dirname(importlib.util.find_spec('pyarrow').origin)
    print(folder, importlib.metadata.version('pyarrow').split('.')[0], sep=';', end='')"
    OUTPUT_VARIABLE pyarrow RESULT_VARIABLE fault ERROR_QUIET)
  if(fault)
    set(pyarrow "")
    if(NOT FALLLINE_ARROW STREQUAL "AUTO")
      message(FATAL_ERROR "FALLLINE_ARROW is ON, and '${python}' has no pyarrow. Install it (pip install -r cmake/requirements.txt), name "
        "another Python by FALLLINE_PYTHON, or set FALLLINE_ARROW to OFF.")
    endif()
  endif()
endif()

if(pyarrow)
  list(GET pyarrow 0 folder)
  list(GET pyarrow 1 major)
  foreach(library arrow parquet)
    add_library(pyarrow_${library} SHARED IMPORTED)
    set_target_properties(pyarrow_${library} PROPERTIES IMPORTED_LOCATION "${folder}/lib${library}.so.${major}00")
    target_include_directories(pyarrow_${library} SYSTEM INTERFACE "${folder}/include")
  endforeach()
  set(needed base/expects.cpp base/text.cpp)  # the program's own are not seen from a module
  list(TRANSFORM needed PREPEND "${PROJECT_SOURCE_DIR}/fallline/")
  add_library(fallline_arrow_module MODULE "${arrow_folder}/library.cpp" ${needed})
  target_include_directories(fallline_arrow_module PRIVATE "${PROJECT_SOURCE_DIR}")
  target_link_libraries(fallline_arrow_module PRIVATE pyarrow_parquet pyarrow_arrow fmt::fmt)
  set_target_properties(fallline_arrow_module PROPERTIES CXX_VISIBILITY_PRESET hidden LIBRARY_OUTPUT_DIRECTORY "${arrow_module_folder}"
    INSTALL_RPATH "${folder}")  # libarrow lies where Python keeps it
  if(NOT FALLLINE_SANITIZE)
    target_link_options(fallline_arrow_module PRIVATE -Wl,-z,defs)  # what is missing is told when it is linked, not when it is loaded
  endif()
  add_library(fallline_arrow STATIC "${arrow_folder}/loader.cpp")
  target_compile_definitions(fallline_arrow PRIVATE FALLLINE_ARROW_MODULE="$<TARGET_FILE_NAME:fallline_arrow_module>")
  target_link_libraries(fallline_arrow PUBLIC ${CMAKE_DL_LIBS})
  add_dependencies(fallline_arrow fallline_arrow_module)
  message(STATUS "Parquet and Arrow files: by libarrow ${major} in ${folder}")
else()
  add_library(fallline_arrow STATIC "${arrow_folder}/without_library.cpp")
  message(STATUS "Parquet and Arrow files: not read (no pyarrow)")
endif()
target_link_libraries(fallline_arrow PUBLIC fallline_data)
