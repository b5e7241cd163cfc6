target_sources(fireside_engine PRIVATE
  documents/prompt.cpp
  documents/role.cpp
)
