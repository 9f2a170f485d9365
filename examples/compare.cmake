# cmake -DPROGRAM=... -DEXPECTED=... -P compare.cmake: the program ends well and says what the file says.
execute_process(COMMAND "${PROGRAM}" OUTPUT_VARIABLE said RESULT_VARIABLE ended)
file(READ "${EXPECTED}" expected)
if(NOT ended EQUAL 0 OR NOT said STREQUAL expected)
  message(FATAL_ERROR "${PROGRAM} ended with ${ended} and said\n${said}\nwhere ${EXPECTED} has\n${expected}")
endif()
