target_sources(fireside_engine PRIVATE
  formats/model_config.cpp
  formats/rope_scaling.cpp
  formats/safetensors.cpp
  formats/safetensors_header.cpp
  formats/shard_index.cpp
)
