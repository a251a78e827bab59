# portcullis_module(core HEADERS ... SOURCES ... DEPENDS ... PRIVATE ...): the only way a library is
# made here, so that the link graph is the layering. PRIVATE names what only the sources see.
function(portcullis_module name)
  cmake_parse_arguments(ARG "" "" "HEADERS;SOURCES;DEPENDS;PRIVATE" ${ARGN})
  add_library(portcullis_${name} STATIC ${ARG_SOURCES})
  target_sources(portcullis_${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}
                                    FILES ${ARG_HEADERS})
  target_include_directories(portcullis_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(portcullis_${name}
    PUBLIC ${ARG_DEPENDS}
    PRIVATE portcullis_options ${ARG_PRIVATE})
  target_compile_features(portcullis_${name} PUBLIC cxx_std_23)
  add_library(portcullis::${name} ALIAS portcullis_${name})
endfunction()

# GoogleTest's and the JSON library's headers cost more than most tests: read once for six of them, a
# clean build takes half its time. The clang presets go without, so that each file is whole by itself.
option(PORTCULLIS_UNITY_TESTS "Compile the tests of a room six files at a time" ON)

# portcullis_test(core SOURCES ... DEPENDS ...): one GoogleTest program a room, <name>_tests.
function(portcullis_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPENDS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 60)
  endif()
  if(PORTCULLIS_SANITIZE)
    math(EXPR ARG_TIMEOUT "${ARG_TIMEOUT} * 5")  # as much slower as the slowest of them
  endif()
  add_executable(${name}_tests ${ARG_SOURCES})
  # Tests are built many times and run once: half the optimiser, for half the time.
  target_compile_options(${name}_tests PRIVATE $<$<NOT:$<CONFIG:Debug>>:-O1>)
  target_link_libraries(${name}_tests PRIVATE portcullis_options ${ARG_DEPENDS} portcullis_test_support
                                              GTest::gtest GTest::gmock GTest::gtest_main)
  target_include_directories(${name}_tests PRIVATE ${PROJECT_SOURCE_DIR})
  set_target_properties(${name}_tests PROPERTIES UNITY_BUILD ${PORTCULLIS_UNITY_TESTS}
                                                 UNITY_BUILD_BATCH_SIZE 6)
  gtest_discover_tests(${name}_tests TEST_PREFIX "${name}." DISCOVERY_TIMEOUT 60
                       PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS ${name})
endfunction()
