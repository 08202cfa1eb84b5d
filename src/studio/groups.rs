//! Dataset groups: making, naming, removing, taking over from another project.

use super::Studio;
use crate::domain::check_name;
use anyhow::Result;
use std::path::Path;

impl Studio {
    /// Makes an empty group.
    pub fn create_group(&self, name: &str) -> Result<()> {
        check_name(name)?;
        self.change(|writer| writer.create_group(name))?;
        Ok(())
    }

    pub fn rename_group(&self, name: &str, new_name: &str) -> Result<()> {
        check_name(new_name)?;
        let group = self.group(name)?;
        self.change(|writer| writer.rename_group(group.id, new_name))?;
        Ok(())
    }

    /// Removes a group with everything in it.
    pub fn delete_group(&self, name: &str) -> Result<()> {
        let group = self.group(name)?;
        self.change(|writer| writer.delete_group(group.id))?;
        Ok(())
    }

    /// The names of the groups of another project, which is only read.
    pub fn groups_of(project: &Path) -> Result<Vec<String>> {
        let other = crate::store::Store::open(project, crate::store::OpenMode::ReadOnly)?;
        let groups = other.groups()?;
        Ok(groups.into_iter().map(|group| group.name).collect())
    }

    /// Copies a group of another project, with all that is in it, under a name that is free here.
    pub fn copy_group_from(&self, project: &Path, group: &str, new_name: &str) -> Result<()> {
        check_name(new_name)?;
        self.store().copy_group_from(project, group, new_name)?;
        self.changed();
        Ok(())
    }
}
