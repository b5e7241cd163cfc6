target_sources(fireside_gui PRIVATE
  roles/role_fields.cpp roles/role_fields.h
  roles/role_list_model.cpp roles/role_list_model.h
)
